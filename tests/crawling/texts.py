"""Feeds as a crowd of sites would serve them: real texts where they are at hand, made-up ones where not."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
TOWNS = (
    "兰州", "天水", "白银", "酒泉", "张掖", "武威", "定西", "平凉", "庆阳", "陇南", "西宁", "银川", "石嘴山", "榆林",
    "延安", "宝鸡", "汉中", "太原", "大同", "临汾", "洛阳", "开封", "南阳", "宜昌", "襄阳", "株洲", "衡阳", "九江",
    "赣州", "绵阳", "宜宾", "泸州", "遵义", "曲靖", "玉溪", "桂林", "柳州", "韶关", "湛江", "温州", "金华", "徐州",
)  # fmt: skip
# Towns of the region that the crawl is told is ours, of which no other text here tells: what happens elsewhere wakes
# nobody, and a second report of the same happening joins the first.
OUR_TOWNS = ("金昌", "嘉峪关", "临夏", "甘南", "敦煌", "永登", "民勤", "陇西", "武山", "临洮")
KINDS = ("一化工厂爆炸", "一煤矿透水", "一客车侧翻", "一在建桥梁坍塌", "一居民楼火灾", "一商场火灾")
# One entry in so many is a report.
RARE = 200
LONGEST = 1500
_TELLING = re.compile(
    "死|亡|伤|遇难|失联|被困|事故|爆炸|火灾|坍塌|地震|killed|dead|die|injur|crash|fire", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One text with its title."""

    title: str
    text: str


@cache
def pieces(shared: Path) -> tuple[Piece, ...]:
    """Return the texts of the real feeds and pages under `shared`; made-up ones where they are not there.

    What reads like the report of an incident is left out: a few texts stand for a hundred thousand here, and the same
    report a hundred times is no news that anybody ever had. `reports` puts some in, each a few times only.
    """
    found = [*_of_pages(shared / "data" / "html"), *_of_feeds(shared / "data" / "feeds" / "rsparser")]
    quiet = [piece for piece in found if not _TELLING.search(piece.title + piece.text)]
    return tuple(quiet) or made_up(random.Random(1), 600)


def reports(chance: random.Random, count: int) -> list[Piece]:
    """Return reports of incidents, a handful on each: the figures and places are drawn."""
    found = []
    for _ in range(count):
        place, kind = chance.choice(TOWNS), chance.choice(KINDS)
        toll = chance.randint(1, 9)
        found.append(Piece(f"{place}{kind}致{toll}人死亡", f"记者从{place}应急管理局获悉，{kind}已造成{toll}人死亡。"))
    return found


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
        entries = feedparser.parse(file.read_bytes()).entries if file.is_file() else ()
        found += [Piece(e.title, e.summary[:LONGEST]) for e in entries if e.get("title") and e.get("summary")]
    return found


def feed(title: str, link: str, chosen: Sequence[tuple[str, datetime, Piece]]) -> bytes:
    """Return an RSS 2.0 document; each piece comes with what makes its address its own and when it was published."""
    rows = []
    for own, at, piece in chosen:
        when = format_datetime(at.astimezone(UTC), usegmt=True)
        address = f"{link}/a/{own}.html"
        rows.append(
            f"<item><title>{escape(piece.title)}</title><link>{address}</link><guid>{address}</guid>"
            f"<description>{escape('<p>' + piece.text + '</p>')}</description><pubDate>{when}</pubDate></item>\n"
        )
    head = f"<title>{escape(title)}</title><link>{link}/</link><description>x</description><language>zh-cn</language>"
    body = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}\n{"".join(rows)}</channel></rss>'
    )
    return body.encode("utf-8", "xmlcharrefreplace")
