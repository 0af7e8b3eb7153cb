"""How well places are read on labelled news texts that are not part of the repository."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from monitor.config.gazetteer import load_gazetteer
from monitor.core.model import Scope

GAZETTEER = load_gazetteer()


def rows(shared: Path, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "data" / file).read_text(encoding="utf-8").splitlines()]


def test_the_place_of_the_main_event(shared: Path) -> None:
    stated: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows(shared, "place/place.jsonl"):
        place = GAZETTEER.read(f"{row['title']}\n{row['text']}" if row["title"] else row["text"]).place
        for level in ("province", "city", "county"):
            wanted = (row["place"] or {}).get(f"{level}_code")
            stated[level] += wanted is not None
            right[level] += wanted is not None and wanted == getattr(place, level)
    assert right["province"] >= 0.97 * stated["province"] > 0
    assert right["city"] >= 0.95 * stated["city"] > 0
    assert right["county"] >= 0.90 * stated["county"] > 0


def test_titles_of_domestic_incidents_are_not_read_as_foreign(shared: Path) -> None:
    titles = [title["title"] for event in rows(shared, "weibo-hot/gold_events.jsonl") for title in event["titles"]]
    foreign = [title for title in titles if GAZETTEER.read(title).scope is Scope.FOREIGN]
    assert len(titles) > 1_000
    assert len(foreign) <= 0.002 * len(titles), foreign


def test_titles_of_foreign_incidents_are_read_as_foreign_or_left_open(shared: Path) -> None:
    titles = [row["title"] for row in rows(shared, "weibo-hot/decoys.jsonl") if row["reason"] in ("foreign", "war")]
    scopes = Counter(GAZETTEER.read(title).scope for title in titles)
    assert scopes[Scope.FOREIGN] >= 0.95 * (len(titles) - scopes[Scope.UNKNOWN])
    assert scopes[Scope.FOREIGN] >= 0.85 * len(titles)


def test_hong_kong_macao_and_taiwan(shared: Path) -> None:
    titles = [row["title"] for row in rows(shared, "weibo-hot/decoys.jsonl") if row["reason"] == "hk_mo_tw"]
    codes = [GAZETTEER.read(title).place.code for title in titles]
    assert sum(code in ("710000", "810000", "820000") for code in codes) >= 0.95 * len(titles)
