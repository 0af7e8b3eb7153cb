"""Write an official paper for the browser, from which it is printed: the same texts in the same order as in the .docx.

The look is one style sheet of ours, by the same measures of GB/T 9704-2012. Nothing is fetched from elsewhere. The
fonts are the reader's: the sheet declares their names, and a script says which of them his browser lacks.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from responders.documents.official import Grid, Heading, Official, Paragraph, Picture, numbered, shares, writable
from responders.documents.official_docx import BODY, HEI, KAI, NUMBERS, TITLE

# What each font of the standard is called where it is installed; the style sheet declares the same names.
FONTS = (
    (BODY, "FangSong_GB2312"),
    (HEI, "SimHei"),
    (KAI, "KaiTi_GB2312"),
    (TITLE, "FZXiaoBiaoSong-B05S"),
    (NUMBERS, "SimSun"),
)
LOOK = Path(__file__).parent.parent / "console" / "static" / "official.css"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["writable"] = writable
Address = Callable[[int], str]


def body_of(paper: Official, picture: Address) -> str:
    """Return a paper as an article, markup and all; `picture` gives the address of its nth picture, from 0."""
    return _TEMPLATES.get_template("official.html").render(
        paper=paper, parts=tuple(_parts(paper, picture)), html_language=language_of(paper)
    )


def paper_html(paper: Official) -> str:
    """Return a paper as a whole page that needs nothing else: its look and its pictures are inside."""
    drawn = pictures(paper)

    def inside(n: int) -> str:
        return "data:image/png;base64," + base64.b64encode(drawn[n].png).decode()

    return (
        f'<!doctype html>\n<html lang="{language_of(paper)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        f"{Markup('<title>{}</title>').format(writable(paper.title))}\n"
        f"<style>\n{LOOK.read_text('utf-8')}</style>\n</head>\n<body>\n<main>\n{body_of(paper, inside)}</main>\n"
        "</body>\n</html>\n"
    )


def pictures(paper: Official) -> tuple[Picture, ...]:
    """Return the pictures of a paper in their order."""
    return tuple(part for part in paper.parts if isinstance(part, Picture))


def language_of(paper: Official) -> str:
    """Return a paper's language as pages declare it."""
    return "zh-CN" if paper.language.startswith("zh") else "en"


def _parts(paper: Official, picture: Address) -> Iterator[dict[str, Any]]:
    drawn = 0
    for part in numbered(paper.parts, paper.language):
        match part:
            case Heading():
                yield {"kind": "heading", "value": part}
            case Paragraph():
                yield {"kind": "paragraph", "value": part}
            case Grid():
                yield {"kind": "grid", "value": part, "shares": [_fifths(share) for share in shares(part)]}
            case Picture():
                yield {"kind": "picture", "value": part, "shares": [_fifths(part.width)], "address": picture(drawn)}
                drawn += 1


def _fifths(share: float) -> int:
    """Return a share of the line as the nearest class of width: percents in steps of five, at least one of them."""
    return max(5, min(100, round(share * 20) * 5))
