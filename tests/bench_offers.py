"""How well our own releases are recognised: `python -m tests.bench_offers [FOLDER]` prints precision and recall.

Two parts. The first is made here: incidents as media tell of them, against releases, notices, meetings, reposts and
releases about neighbours in a bureau's own wording. The second, where a folder of real archives is named, takes reports
of one happening by two writers: one opens the incident, the other stands for our release; all other incidents are
wrong for it. The cases that go wrong are named.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config.own_releases import load_release_words
from monitor.config.settings import Settings, SettingsFile
from monitor.core.model import CASUALTY_FIELDS, Item, MatterState, Scope
from monitor.core.offers.offer import Form
from monitor.core.offers.recognising import Known, Published, recognise
from monitor.core.verdict import REPORTS, verdict_of
from monitor.core.views import IncidentView
from monitor.service.offers import knowledge_of
from monitor.service.parts import Parts

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
MOST_REAL = 400
MOST_NAMED = 25


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident as media tell of it."""

    place: str
    what: str
    kind_word: str
    deaths: int

    @property
    def title(self) -> str:
        return f"{self.place}{self.what}致{self.deaths}人死亡"

    @property
    def text(self) -> str:
        return f"7月9日上午，{self.place}{self.what}，已造成{self.deaths}人死亡，多人受伤。"


HAPPENED = (
    Happened("甘肃省金昌市金川区", "一化工仓库发生爆炸", "化工仓库爆炸", 11),
    Happened("甘肃省金昌市永昌县", "一煤矿发生透水", "煤矿透水", 12),
    Happened("甘肃省兰州市西固区", "一化工厂发生火灾", "化工厂火灾", 3),
    Happened("甘肃省张掖市山丹县", "境内一客车侧翻", "客车侧翻", 10),
    Happened("甘肃省平凉市崆峒区", "一在建隧道坍塌", "隧道坍塌", 10),
    Happened("甘肃省天水市秦州区", "一居民楼发生燃气爆炸", "燃气爆炸", 5),
    Happened("甘肃省陇南市武都区", "发生山体滑坡", "山体滑坡", 7),
    Happened("甘肃省酒泉市肃州区", "一冷库发生火灾", "冷库火灾", 4),
)
# What we publish about an incident: title, text, and whether it is a release, and of which form.
RELEASES: tuple[tuple[str, str, Form], ...] = (
    (
        "关于{short}{word}事故的情况通报",
        "7月9日，{place}{what}。截至目前，事故造成{deaths}人死亡，伤者已送医救治。",
        Form.FIRST,
    ),
    (
        "{short}应急管理局发布{word}事故情况说明",
        "我局接报后立即启动应急响应。{place}{what}，现场救援有序进行。",
        Form.FIRST,
    ),
    ("情况通报", "7月9日10时许，{place}{what}，造成{deaths}人遇难。相关责任人已被控制。特此通报。", Form.FIRST),
    ("{short}{word}事故救援进展情况", "截至18时，{place}{word}现场搜救仍在继续，{deaths}人遇难。", Form.FURTHER),
    ("{short}{word}事故情况续报", "{place}{what}，死亡人数升至{more}人。", Form.FURTHER),
    (
        "关于召开{short}{word}事故新闻发布会的公告",
        "定于今日16时召开新闻发布会，介绍{place}{word}事故情况。",
        Form.CONFERENCE_NOTICE,
    ),
    ("{short}{word}事故新闻发布会文字实录", "主持人：{place}{what}，造成{deaths}人死亡。", Form.CONFERENCE_RECORD),
    (
        "关于网传{short}{word}死亡百人系谣言的说明",
        "网传{place}{word}死亡百人不实。事故共造成{deaths}人死亡。",
        Form.CLARIFICATION,
    ),
    (
        "{place}{word}事故调查报告",
        "7月9日，{place}{what}，造成{deaths}人死亡。调查组认定为生产安全责任事故。",
        Form.RESULT,
    ),
)
NO_RELEASES = (
    ("市安委会召开会议部署安全生产工作", "会议要求深刻吸取{place}{word}事故教训，举一反三。"),
    ("全市开展安全生产专项检查", "为吸取{place}{word}{deaths}人死亡事故教训，即日起开展检查。"),
    ("{short}{word}救援一线见闻", "（新华社记者）{place}{what}，造成{deaths}人死亡，救援人员连夜奋战。"),
    ("{short}{word}已致{deaths}人死亡", "来源：人民日报。{place}{what}，造成{deaths}人死亡。"),
    ("{short}举行{word}应急演练", "演练模拟{place}{what}，{deaths}人被困。"),
    ("夏季安全生产提醒", "近期多地发生{word}，请广大群众注意安全。"),
    ("{short}招商引资推介会举行", "{place}推介会吸引客商百余人。"),
)


def say(line: str) -> None:
    """Print one line: that is what the command is for."""
    print(line)  # noqa: T201


class Bench:
    """Reads texts and asks whether they are releases about an incident."""

    def __init__(self) -> None:
        parts = Parts(Settings(SettingsFile(), None))
        self.reader = parts.reader
        self.knowledge, self.words = knowledge_of(parts), load_release_words()
        self.broad = parts.lore.broad

    def known(self, number: int, title: str, text: str) -> Known | None:
        """Return an incident as a report opens it; None where the report opens none."""
        read = self.reader.assess(Item(title=title, text=text, published_at=T0))
        if verdict_of(read)[0] not in REPORTS or read.scope is Scope.FOREIGN:
            return None
        figures = {name: value for name in CASUALTY_FIELDS if (value := read.casualties.value(name)) is not None}
        incident = IncidentView(
            id=number,
            title=title,
            state=MatterState.OPEN,
            kind=read.kind,
            scope=read.scope,
            place=read.place,
            figures=figures,
            severity=read.severity,
            likely=read.likely,
            confirmed=False,
            sources=1,
            items=1,
            opened_at=T0,
            last_seen_at=T0,
            first_reported_at=T0,
            occurred_at=read.occurred_at,
            acted_at=None,
        )
        return Known(
            matter_id=number,
            subject=self.knowledge.subject(incident),
            place=read.place,
            finest=self.knowledge.finest(read.place),
            broad=read.kind in self.broad,
            occurred_at=read.occurred_at,
        )

    def published(self, number: int, title: str, text: str) -> Published:
        at = T0 + timedelta(hours=1)
        read = self.reader.assess(Item(title=title, text=text, published_at=at))
        return Published(
            item_id=number, source="own", title=title, text=text, url="", found_at=at, published_at=at, read=read
        )

    def offered(self, published: Published, known: Known) -> Form | None:
        """Return as what a publication would be offered, None where it would not."""
        found = recognise(published, known, self.words)
        return None if found is None or found.aside is not None else found.form


@dataclass
class Tally:
    """What was right and wrong, with the cases by name."""

    hits: int = 0
    right_form: int = 0
    missed: int = 0
    wrong: int = 0

    def told(self, name: str, cases: Sequence[str]) -> None:
        """Print the figures and the cases that went wrong."""
        precision = self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0
        recall = self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0
        say(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
        say(f"  ({self.hits} hits, {self.missed} missed, {self.wrong} wrong; form right {self.right_form}/{self.hits})")
        for case in cases[:MOST_NAMED]:
            say(f"  {case}")
        if len(cases) > MOST_NAMED:
            say(f"  … and {len(cases) - MOST_NAMED} more")


def made(bench: Bench) -> tuple[Tally, list[str]]:
    """Compare releases in our own wording with eight incidents."""
    tally, cases = Tally(), list[str]()
    incidents = {}
    for n, one in enumerate(HAPPENED):
        known = bench.known(n, one.title, one.text)
        assert known is not None, one.title
        incidents[n] = known
    for n, one in enumerate(HAPPENED):
        facts = {
            "place": one.place,
            "short": one.place.rpartition("市")[2],
            "what": one.what,
            "word": one.kind_word,
            "deaths": one.deaths,
            "more": one.deaths + 1,
        }
        cases_of = [(t.format(**facts), x.format(**facts), form) for t, x, form in RELEASES]
        cases_of += [(t.format(**facts), x.format(**facts), None) for t, x in NO_RELEASES]  # type: ignore[misc]
        for title, text, form in cases_of:
            published = bench.published(n, title, text)
            for number, known in incidents.items():
                _count(tally, cases, bench.offered(published, known), form if number == n else None, title, known)
    return tally, cases


def _count(tally: Tally, cases: list[str], got: Form | None, want: Form | None, title: str, known: Known) -> None:
    if got is None and want is None:
        return
    if got is None:
        tally.missed += 1
        cases.append(f"missed: {title} | {known.subject.title}")
    elif want is None:
        tally.wrong += 1
        cases.append(f"wrong: {title} ({got.value}) | {known.subject.title}")
    else:
        tally.hits += 1
        tally.right_form += got is want
        if got is not want:
            cases.append(f"form {got.value} instead of {want.value}: {title}")


def real(bench: Bench, folder: Path) -> tuple[Tally, list[str]]:
    """Let one report of a happening open the incident and another stand for our release about it."""
    tally, cases = Tally(), list[str]()
    incidents, releases = {}, list[tuple[int, Published]]()
    for number, (first, second) in enumerate(_two_tellings(folder / "data" / "same_event" / "items.jsonl")):
        known = bench.known(number, *_parted(first))
        if known is None or known.place.city is None:
            continue
        incidents[number] = known
        title, text = _parted(second)
        releases.append((number, bench.published(number, f"情况通报：{title}"[:60], f"{title}\n{text}")))
    for number, published in releases[:MOST_REAL]:
        for other, known in incidents.items():
            want = Form.FIRST if other == number else None
            got = bench.offered(published, known)
            got = Form.FIRST if got is not None else None
            _count(tally, cases, got, want, published.title, known)
    say(f"real: {len(incidents)} incidents, {Counter(known.place.province for known in incidents.values())}")
    return tally, cases


def _two_tellings(file: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield the first two long reports of each happening."""
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        item = json.loads(line)
        if item.get("event"):
            groups[str(item["event"])].append(item)
    for found in groups.values():
        if len(found) >= 2:
            yield found[0], found[1]


def _parted(item: dict[str, str]) -> tuple[str, str]:
    text = item.get("text") or ""
    return item.get("title") or text[:40], text


def main() -> None:
    """Print what was measured."""
    bench = Bench()
    tally, cases = made(bench)
    tally.told("made", cases)
    if len(sys.argv) > 1:
        tally, cases = real(bench, Path(sys.argv[1]))
        tally.told("real", cases)


if __name__ == "__main__":
    main()
