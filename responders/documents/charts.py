"""Charts as PNG, for mail and for word processors, which show no SVG. Who cannot see one reads the same in the text.

Where no font of the machine has Chinese characters there is no chart at all: one of empty boxes tells nobody anything.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache

from pygal import Bar, Line
from pygal.style import Style
from resvg_py import svg_to_bytes

from responders.documents.official import writable

# pygal adds a finder for its plug-ins of maps, which nobody has here, in a form that warns at every later import (and
# that Python 3.12 dropped).
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
# In pixels; as wide as a phone shows without scaling, and drawn twice as large for paper.
WIDTH, HEIGHT, ZOOM = 560, 260, 2.0
# In this order, told apart by their darkness as well.
COLOURS = ("#b3261e", "#35588f", "#8a5a00", "#1f6b2b", "#6b4c9a")
FONTS = (
    "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, SimHei, Microsoft YaHei, sans-serif"
)
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1b1b1b",
    foreground_strong="#1b1b1b",
    foreground_subtle="#595959",
    colors=COLOURS,
    font_family=FONTS,
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=12,
    title_font_size=14,
    value_font_size=11,
    value_colors=("#1b1b1b",) * len(COLOURS),
    opacity="1",
)
Series = Mapping[str, Sequence[float | None]]


def bars(title: str, labels: Sequence[str], series: Series) -> bytes | None:
    """Draw a bar for each label in each series; None where no font here can write it or nothing is to be drawn."""
    return _drawn(Bar, title, labels, series)


def lines(title: str, labels: Sequence[str], series: Series) -> bytes | None:
    """Draw a line for each series over the labels; a gap where there is no value. None as for bars."""
    return _drawn(Line, title, labels, series)


def alternative(title: str, labels: Sequence[str], series: Series) -> str:
    """Say in a line what a chart shows."""
    told = "; ".join(
        f"{name}: " + ", ".join(f"{label} {value:g}" for label, value in zip(labels, values, strict=True) if value)
        for name, values in series.items()
    )
    return f"{title}: {told}"


@cache
def can_write_chinese() -> bool:
    """Tell whether a font of this machine has Chinese characters: else two of them look alike, as boxes or nothing."""
    one, other = (
        svg_to_bytes(
            svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
            f'<text x="4" y="30" font-size="30" font-family="{FONTS}">{character}</text></svg>'
        )
        for character in "回应"
    )
    return bytes(one) != bytes(other)


def _drawn(kind: type[Bar | Line], title: str, labels: Sequence[str], series: Series) -> bytes | None:
    if not labels or not series or not can_write_chinese():
        return None
    most = max((value for values in series.values() for value in values if value), default=0)
    chart = kind(
        style=_STYLE,
        width=WIDTH,
        height=HEIGHT,
        js=(),
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        print_values=True,
        print_zeroes=False,
        range=(0, max(most, 1)),
        # Counts have no halves.
        y_labels_major_count=5,
        value_formatter=lambda value: f"{value:g}",
        x_label_rotation=0 if len(labels) <= 12 else 40,
    )
    chart.title = writable(title)
    chart.x_labels = [writable(label) for label in labels]
    for name, values in series.items():
        chart.add(writable(name), list(values))
    return bytes(svg_to_bytes(svg_string=chart.render(is_unicode=True), zoom=ZOOM, background="#ffffff"))
