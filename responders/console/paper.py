"""Show an official paper in the console, to be read and printed, and hand it out for the word processor."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from responders.console.console import Console
from responders.documents.official import Official
from responders.documents.official_docx import docx_of
from responders.documents.official_html import FONTS, body_of, pictures

WORD_FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper_page(
    console: Console,
    request: Request,
    paper: Official,
    *,
    now: datetime,
    address: str,
    back: str,
    back_name: str,
    template: str = "paper.html",
    status: int = 200,
    **facts: Any,
) -> Response:
    """Render a paper under its `address`: its Word file is at `address`.docx, its nth picture at `address`/n.png.

    A `template` of its own extends paper.html and puts what people can do into the blocks acts and below.
    """
    return console.pages.page(
        request,
        template,
        now=now,
        status=status,
        paper=paper,
        article=body_of(paper, lambda n: f"{address}/{n}.png"),
        word_file=f"{address}.docx",
        fonts=";".join("|".join(names) for names in FONTS),
        back=back,
        back_name=back_name,
        **facts,
    )


def word_file(paper: Official, name: str) -> Response:
    """Return a paper for the word processor; `name` is the file's, in ASCII and without its ending."""
    headers = {"content-disposition": f'attachment; filename="{name}.docx"', "cache-control": "no-store"}
    return Response(docx_of(paper), media_type=WORD_FILE, headers=headers)


def picture_file(paper: Official, n: int) -> Response:
    """Return the nth picture of a paper, from 0; 404 where there is none."""
    drawn = pictures(paper)
    if not 0 <= n < len(drawn):
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return Response(drawn[n].png, media_type="image/png")
