"""Count how many headlines come out exact in every character set, under the right label, wrong ones and none.

python -m tests.crawl.charsets [FILE]    FILE holds one headline a line; else those of the real archives are taken, else
our own. Prints a table: rows are what the bytes are, columns what the label says.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from monitor.crawl.decode import decode

MEANT = ("utf-8", "gbk", "gb18030", "big5")
LABELS = ("", "utf-8", "gbk", "gb18030", "big5", "iso-8859-1")
MANY = 2000
_ARCHIVE = Path("data", "weibo-hot", "stream.tsv.xz")
_PLACES = ("某市", "临江区", "青石镇", "北川路", "东港化工园", "云岭煤矿", "长风小学", "滨海高速")
_HAPPENED = (
    "发生爆炸",
    "突发火灾",
    "一在建桥梁坍塌",
    "发生瓦斯突出",
    "多车相撞",
    "暴发山洪",
    "燃气泄漏",
    "出现食物中毒",
)
_TOLLS = ("已致3人遇难", "12人受伤", "仍有5人失联", "无人员伤亡", "", "“救援正在进行”", "（更新）")
_TRADITIONAL = (
    "臺北一處工地塌方，多人被困",
    "新界村屋起火，兩人送院",
    "高雄氣爆：消防人員正在搜救",
    "列車出軌致五十人受傷",
)


def own() -> list[str]:
    """Return headlines of our own, made of places, happenings and tolls; and some in traditional characters."""
    made = ["".join(parts) for parts in product(_PLACES, _HAPPENED, _TOLLS)]
    return [*made, *_TRADITIONAL]


def archived(shared: Path) -> list[str]:
    """Return headlines of the archives, from that half of which nothing went into the table of characters."""
    with lzma.open(shared / _ARCHIVE, "rt", encoding="utf-8") as file:
        at = file.readline().rstrip("\n").split("\t").index("title")
        titles = dict.fromkeys(line.rstrip("\n").split("\t")[at] for line in file)
    chinese = (title for title in titles if any("\u4e00" <= character <= "\u9fff" for character in title))
    return [title for title in chinese if hashlib.sha256(title.encode()).digest()[0] % 2]


def exact(headlines: Sequence[str], meant: str, label: str) -> tuple[int, list[str]]:
    """Return how many headlines were tried in the set `meant`, and those that came out as something else."""
    content_type = f"text/html; charset={label}" if label else "text/html"
    fit = [headline for headline in headlines if _fits(headline, meant)]
    chosen = fit[:: max(1, len(fit) // MANY)][:MANY]
    wrong = [text for text in chosen if decode(text.encode(meant), content_type=content_type).text != text]
    return len(chosen), wrong


def cells(headlines: Sequence[str]) -> Mapping[tuple[str, str], tuple[int, list[str]]]:
    """Return what came of every set under every label."""
    return {(meant, label): exact(headlines, meant, label) for meant, label in product(MEANT, LABELS)}


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeError:
        return False
    return True


def _headlines() -> list[str]:
    if len(sys.argv) > 1:
        return Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    shared = Path(os.environ.get("HUIYING_SHARED", ""))
    return archived(shared) if (shared / _ARCHIVE).is_file() else own()


def main() -> None:
    """Print the table, and what was read wrongly."""
    found = cells(_headlines())
    print("bytes    " + "".join(f"{label or 'no label':>14}" for label in LABELS))  # noqa: T201 - what the command is for
    for meant in MEANT:
        row = (found[meant, label] for label in LABELS)
        print(f"{meant:9}" + "".join(f"{tried - len(wrong):>9}/{tried}" for tried, wrong in row))  # noqa: T201
    for (meant, label), (_, wrong) in found.items():
        if wrong:
            print(f"{meant} under {label or 'no label'}: {'、'.join(wrong[:12])}")  # noqa: T201


if __name__ == "__main__":
    main()
