"""The same feeds read by others: lemon24/reader's update, and a bare loop that does nothing but fetch, read and insert.

Each runs in a process of its own. `passes` fetches everything once, says how long that took, waits until the feeds have
changed, and does so again.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import multiprocessing
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
import lxml.etree
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, create_engine, func, select
from sqlalchemy.dialects.sqlite import insert

AT_ONCE = 20
ENTRIES = Table(
    "entry",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("guid", String, unique=True),
    Column("link", String, index=True),
    Column("published", DateTime, index=True),
    Column("title", String),
    Column("text", String),
)


def _entry(item: lxml.etree._Element) -> dict[str, Any]:
    said = {name: item.findtext(name) or "" for name in ("guid", "title", "link", "description", "pubDate")}
    when = parsedate_to_datetime(said.pop("pubDate"))
    text = said.pop("description")
    return {**said, "text": text, "published": when}


def bare(urls: Sequence[str], folder: Path) -> Callable[[], int]:
    """Return a round over all feeds: httpx, strict lxml, batched insert; one after the other, on one core."""
    database = create_engine(f"sqlite:///{folder / 'bare.db'}")
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        ENTRIES.metadata.create_all(connection)
    client, tags = httpx.Client(timeout=30), dict[str, str]()
    new = insert(ENTRIES).on_conflict_do_nothing().returning(ENTRIES.c.id)
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True)

    def once() -> int:
        rows: list[dict[str, Any]] = []
        for number, url in enumerate(urls):
            answer = client.get(url, headers={"if-none-match": tags[url]} if url in tags else {})
            if answer.status_code == 200:
                tags[url] = answer.headers["etag"]
                root = lxml.etree.fromstring(answer.content, parser)
                rows += [_entry(item) for item in root.iter("item")]
            if rows and (number % AT_ONCE == 0 or number == len(urls) - 1):
                with database.begin() as connection:
                    connection.execute(new, rows)
                rows = []
        with database.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one())

    return once


def reader(workers: int) -> Callable[[Sequence[str], Path], Callable[[], int]]:
    """Return a round of lemon24/reader with so many workers."""

    def prepare(urls: Sequence[str], folder: Path) -> Callable[[], int]:
        warnings.simplefilter("ignore")
        # Its own copy of feedparser wants this module under the name that it had in Python 2; it comes with feedparser.
        sys.modules["sgmllib"] = importlib.import_module("feedparser_sgmllib")
        made = importlib.import_module("reader").make_reader(str(folder / f"reader{workers}.db"))
        for url in urls:
            made.add_feed(url)

        def once() -> int:
            made.update_feeds(scheduled=False, workers=workers)
            return int(made.get_entry_counts().total)

        return once

    return prepare


def _passes(name: str, pipe: Connection, urls: Sequence[str], folder: Path) -> None:
    logging.disable(logging.CRITICAL)
    made: dict[str, Callable[[Sequence[str], Path], Callable[[], int]]]
    made = {"bare": bare, "reader": reader(1), "reader, 20 workers": reader(20)}
    once = made[name](urls, folder)
    pipe.send(None)
    while True:
        try:
            pipe.recv()
        except EOFError:
            return
        began = time.perf_counter()
        entries = once()
        pipe.send((time.perf_counter() - began, entries))


@contextmanager
def rival(name: str, urls: Sequence[str], folder: Path) -> Iterator[Callable[[], tuple[float, int]]]:
    """Give a function that lets a rival go round once and returns the seconds and how many entries it has then."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_passes, args=(name, theirs, list(urls), folder), daemon=True)
    process.start()
    theirs.close()

    def go() -> tuple[float, int]:
        ours.send(None)
        found: Any = ours.recv()
        return float(found[0]), int(found[1])

    try:
        ours.recv()
        yield go
    finally:
        ours.close()
        process.join(5)
        process.kill()
        process.join()


def is_there() -> bool:
    """Tell whether lemon24/reader is installed."""
    return importlib.util.find_spec("reader") is not None
