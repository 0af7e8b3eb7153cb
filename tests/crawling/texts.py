"""Feeds as a crowd of sites would serve them: real texts where they are at hand, made-up ones where not."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser

PLACES = ("东河", "青石", "白塔", "南桥", "柳林", "平川", "安定", "清水", "双塔", "和政")
DEEDS = (
    "召开秋季农产品产销对接会", "新建的社区图书馆对外开放", "举办第三届全民健身运动会", "完成老旧小区供暖管网改造",
    "启动中小学生视力普查", "发布下周公交线路调整安排", "组织志愿者清理河道", "展出馆藏地方戏曲资料",
)  # fmt: skip
SAID = (
    "当天上午，来自各街道的居民早早来到现场。", "有关负责人介绍，这项工作将持续到下月中旬。",
    "参加活动的市民说，今年的安排比往年更为周到。", "工作人员提醒，请大家提前了解时间和路线。",
    "据了解，相关服务已在多个社区推开。", "下一步还将根据大家的意见继续完善。",
)  # fmt: skip
LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Piece:
    """One text with its title."""

    title: str
    text: str


@cache
def pieces(shared: Path) -> tuple[Piece, ...]:
    """Return the texts of the real feeds and pages under `shared`; made-up ones where they are not there."""
    found = [*_of_pages(shared / "data" / "html"), *_of_feeds(shared / "data" / "feeds" / "rsparser")]
    return tuple(found) or made_up(random.Random(1), 600)


def made_up(chance: random.Random, count: int) -> tuple[Piece, ...]:
    """Return texts of our own wording."""
    found = []
    for number in range(count):
        said = "".join(chance.choices(SAID, k=chance.randint(3, 9)))
        found.append(Piece(f"{chance.choice(PLACES)}{chance.choice(DEEDS)}（{number}）", said))
    return tuple(found)


def _of_pages(folder: Path) -> list[Piece]:
    """Cut each Chinese page into pieces of two paragraphs, as they would stand in a feed."""
    index = folder / "html_zh.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.is_file() else []
    found = []
    for page in map(json.loads, lines):
        parts = [part.strip() for part in (page["gold_text"] or "").split("\n") if len(part.strip()) > 20]
        found += [Piece(part[:28], "\n".join(parts[n : n + 2])[:LONGEST]) for n, part in enumerate(parts)]
    return found


def _of_feeds(folder: Path) -> list[Piece]:
    found = []
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        for entry in feedparser.parse(file.read_bytes()).entries if file.is_file() else ():
            if entry.get("title") and entry.get("summary"):
                found.append(Piece(entry.title, entry.summary[:LONGEST]))
    return found


def feed(title: str, link: str, chosen: Sequence[tuple[str, Piece]], newest: datetime) -> bytes:
    """Return an RSS 2.0 document; each piece comes with what makes its address its own, a minute after the next."""
    rows = []
    for minutes, (own, piece) in enumerate(chosen):
        when = format_datetime((newest - timedelta(minutes=minutes)).astimezone(UTC), usegmt=True)
        address = f"{link}/a/{own}.html"
        rows.append(
            f"<item><title>{escape(piece.title)}</title><link>{address}</link><guid>{address}</guid>"
            f"<description>{escape('<p>' + piece.text + '</p>')}</description><pubDate>{when}</pubDate></item>\n"
        )
    head = f"<title>{escape(title)}</title><link>{link}/</link><description>x</description><language>zh-cn</language>"
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}\n{"".join(rows)}</channel></rss>'
    return body.encode("utf-8", "xmlcharrefreplace")
