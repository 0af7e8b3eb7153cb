"""What came of fetches that end at the same time is kept together; a bad one costs no other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from monitor.core.fetched import Fetched, Outcome, Validators
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.loops.ingest.ledger import Ended, Ledger
from monitor.store import sources
from monitor.store.database import Database
from monitor.store.database_faults import DatabaseBusy
from monitor.store.sql import of
from monitor.store.tables import FetchRow

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
FETCH = of(FetchRow)
COUNT = 40


def watched() -> dict[str, Source]:
    found = {}
    for number in range(COUNT):
        name = f"s{number:02}"
        found[name] = Source(
            id=name,
            name=name,
            kind=SourceKind.FEED,
            url=f"https://site{number}.example/feed",
            interval=timedelta(minutes=10),
        )
    return found


@pytest.fixture
def ledger(database: Database) -> Ledger:
    known = watched()
    with database.write() as connection:
        sources.register(connection, known.keys(), NOW)
    return Ledger(database, known, lambda: 0.5)


def ended(ledger: Ledger, name: str, *, new: int = 0, failed: bool = False, reason: str = "") -> Ended:
    with ledger.database.read() as connection:
        state = sources.state(connection, name)
    fetched = Fetched(outcome=Outcome.UNCHANGED, status=304, validators=Validators(etag=f'"{name}"'))
    if failed:
        fetched = Fetched(outcome=Outcome.FAILED, reason=FailureKind.NOT_A_FEED, detail=reason, status=404)
    return Ended(
        source=ledger.sources[name],
        state=state,
        fetched=fetched,
        new=new,
        failed_pages=(),
        interval=timedelta(minutes=10),
        at=NOW,
    )


@contextmanager
def counted(database: Database) -> Iterator[list[int]]:
    """Count the transactions that write meanwhile."""
    seen, write = list[int](), database.write

    @contextmanager
    def counting() -> Iterator[Connection]:
        seen.append(1)
        with write() as connection:
            yield connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "write", counting)
        yield seen


def at_once(ledger: Ledger, outcomes: list[Ended]) -> list[BaseException | None]:
    """Keep outcomes from as many threads, all of which wait while another writes."""
    with ThreadPoolExecutor(len(outcomes)) as pool:
        with ledger._desk._working:
            waiting = [pool.submit(ledger.keep, one) for one in outcomes]
            while len(ledger._desk._waiting) < len(outcomes):
                pass
        return [one.exception() for one in waiting]


def test_what_ends_at_the_same_time_is_kept_with_one_commit(ledger: Ledger) -> None:
    outcomes = [ended(ledger, name, new=n % 2, failed=n % 5 == 4) for n, name in enumerate(ledger.sources)]
    with counted(ledger.database) as transactions:
        assert at_once(ledger, outcomes) == [None] * COUNT
    assert len(transactions) == 1
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(FETCH)) == COUNT
        for number, name in enumerate(ledger.sources):
            state = sources.state(connection, name)
            assert state.last_outcome == ("failed" if number % 5 == 4 else "unchanged")
            assert state.validators.etag == ("" if number % 5 == 4 else f'"{name}"')
            assert (state.last_new_at is not None) == bool(number % 2)
            assert state.next_at > NOW


def test_one_that_cannot_be_kept_costs_no_other(ledger: Ledger) -> None:
    outcomes = [ended(ledger, name) for name in list(ledger.sources)[:5]]
    outcomes[2] = ended(ledger, "s02", new=2**70)
    raised = at_once(ledger, outcomes)
    assert [error is not None for error in raised] == [False, False, True, False, False]
    with ledger.database.read() as connection:
        kept = set(connection.scalars(select(FETCH.c.source_id)))
        assert kept == {"s00", "s01", "s03", "s04"}


def test_a_database_that_fails_is_told_to_all_and_what_waited_is_not_lost_silently(ledger: Ledger) -> None:
    outcomes = [ended(ledger, name) for name in list(ledger.sources)[:3]]

    @contextmanager
    def failing() -> Iterator[Connection]:
        raise DatabaseBusy(name="x")
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger.database, "write", failing)
        raised = at_once(ledger, outcomes)
    assert [type(error) for error in raised] == [DatabaseBusy] * 3
    ledger.keep(outcomes[0])
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(FETCH)) == 1
