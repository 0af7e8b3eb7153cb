"""The audit log writes itself, seals itself once, and says which row is no longer as it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from monitor.core.audit.chain import Head
from monitor.core.audit.checking import Checked, FaultKind, check
from monitor.core.briefing import WrittenBriefing
from monitor.core.duties.alerting import AlertDraft
from monitor.core.model import AlertReason, AlertState, DeliveryState, Verb
from monitor.core.people.duty import Duty
from monitor.loops.seal import Seal
from monitor.store import audit, audited, briefings, decisions, deliveries, duties, incidents, outbox
from monitor.store.all_tables import METADATA
from monitor.store.database import Database

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)


def alert(key: str, matter_id: int | None = None) -> AlertDraft:
    return AlertDraft(
        key=key,
        reason=AlertReason.DUE,
        matter_id=matter_id,
        at=NOW,
        not_before=NOW,
        useful_until=NOW + timedelta(hours=3),
        detail={"title": "白银化工厂爆炸"},
    )


def make(database: Database, number: int, first: int = 0) -> None:
    with database.write() as connection:
        duties.save_alerts(connection, [alert(f"a{n}") for n in range(first, first + number)], NOW)


def checked(database: Database, *heads: Head) -> Checked:
    with database.read() as connection:
        return check(lambda first: audit.rows(connection, first), heads)


def told(database: Database) -> list[tuple[str, str, dict[str, object]]]:
    with database.read() as connection:
        return [(row.kind, row.subject, json.loads(row.text)) for _, _, row in audit.listed(connection)]


def by_force(database: Database, *statements: str) -> None:
    """Change the log as somebody does who owns the database: the triggers are dropped first, and set again."""
    with database.write() as connection:
        audited.remove(connection)
        for statement in statements:
            connection.execute(text(statement))
        audited.install(connection)


def test_every_table_is_followed_or_it_is_said_why_not() -> None:
    followed = {one.table for one in audited.AUDITED}
    assert followed.isdisjoint(audited.NOT_AUDITED)
    assert set(METADATA.tables) <= followed | audited.NOT_AUDITED.keys()


def test_what_happens_to_an_alert_is_told_with_what_was_before(database: Database) -> None:
    with database.write() as connection:
        matter = incidents.open_matter(connection, "白银化工厂爆炸", NOW)
        duties.save_alerts(connection, [alert("a", matter)], NOW)
        duties.save_alerts(connection, [alert("a", matter)], NOW)
        held = outbox.hold(connection, 1)
        assert held is not None
        number = deliveries.begin(connection, held, "slack", NOW)
        assert number is not None
        deliveries.end(connection, number, DeliveryState.ACCEPTED, NOW, provider_id="17.1")
        outbox.finish(connection, 1, AlertState.SENT, None)
        outbox.finish(connection, 1, AlertState.SENT, None)
        decisions.decide(connection, matter, Verb.ACKNOWLEDGE, by="王某", duty=Duty(), now=NOW)
    rows = told(database)
    assert [kind for kind, _, _ in rows] == [
        "alert.added", "delivery.added", "delivery.changed", "alert.changed", "decision.added",
    ]  # fmt: skip
    added = rows[0][2]
    assert (added["key"], added["detail"]) == ("a", {"title": "白银化工厂爆炸"})
    assert datetime.fromisoformat(str(added["created_at"])) == NOW
    ended = rows[2][2]
    assert ended["now"] == {
        "state": "accepted", "provider_id": "17.1", "ended_at": ended["now"]["ended_at"],  # type: ignore[index]
    }  # fmt: skip
    assert ended["was"] == {"state": "sending", "provider_id": "", "ended_at": None}
    assert rows[3][2] == {"id": 1, "now": {"state": "sent"}, "was": {"state": "pending"}}
    with database.read() as connection:
        listed = [row for _, _, row in audit.listed(connection, matter_id=matter)]
    assert len(listed) == 5
    assert all(abs(row.at - datetime.now(UTC)) < timedelta(minutes=10) for row in listed)


def test_what_is_taken_away_or_undone_is_told_too(database: Database) -> None:
    make(database, 1)

    def undone() -> None:
        with database.write() as connection:
            duties.save_alerts(connection, [alert("undone")], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    with database.write() as connection:
        connection.execute(text("DELETE FROM alert"))
    assert [(kind, said["key"]) for kind, _, said in told(database)] == [("alert.added", "a0"), ("alert.removed", "a0")]


def test_the_log_refuses_to_be_changed(database: Database) -> None:
    make(database, 2)
    Seal(database).tick(NOW)
    make(database, 1, 2)
    for statement in (
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq IS NULL",
        "UPDATE audit SET text = '{}' WHERE seq = 1",
        "UPDATE audit SET hash = NULL, seq = NULL WHERE seq = 2",
        "UPDATE audit SET text = '{}' WHERE seq IS NULL",
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(text(statement))
    assert len(told(database)) == 3


def test_sealing_goes_on_where_it_stopped(database: Database) -> None:
    for n in range(7):
        make(database, n + 1, n * 10)
        assert Seal(database).tick(NOW) == n + 1
        assert Seal(database).tick(NOW) == 0
    assert checked(database).head.seq == 28
    assert checked(database).fault is None
    with database.read() as connection:
        assert audit.waiting(connection) == (0, None)


def test_many_sealers_and_writers_make_one_chain(database: Database, database_url: str) -> None:
    others = [Database(database_url) for _ in range(4)]
    failed: list[Exception] = []

    def work(other: Database, first: int) -> None:
        try:
            for n in range(10):
                make(other, 3, first + n * 3)
                Seal(other).tick(NOW)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(other, 1000 * n)) for n, other in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert failed == []
    Seal(database).tick(NOW)
    assert (checked(database).head.seq, checked(database).fault) == (120, None)


def swap(connection: Connection) -> None:
    for statement in (
        "UPDATE audit SET seq = 900 WHERE seq = 5",
        "UPDATE audit SET seq = 5 WHERE seq = 9",
        "UPDATE audit SET seq = 9 WHERE seq = 900",
    ):
        connection.execute(text(statement))


def insert(connection: Connection) -> None:
    connection.execute(text("UPDATE audit SET seq = seq + 1000 WHERE seq >= 6"))
    connection.execute(text("UPDATE audit SET seq = seq - 999 WHERE seq >= 1000"))
    connection.execute(
        text(
            "INSERT INTO audit (id, seq, at, kind, subject, text, hash) "
            "SELECT 999, 6, at, kind, subject, text, hash FROM audit WHERE seq = 3"
        )
    )


def statement(words: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(words))


@pytest.mark.parametrize(
    ("harm", "kind", "seq"),
    [
        (statement("UPDATE audit SET text = replace(text, 'a3', 'b3') WHERE seq = 4"), FaultKind.CHANGED, 4),
        (statement("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE seq = 8"), FaultKind.CHANGED, 8),
        (statement("UPDATE audit SET matter_id = 7 WHERE seq = 1"), FaultKind.CHANGED, 1),
        (
            statement("UPDATE audit SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE seq = 7"),
            FaultKind.CHANGED,
            7,
        ),
        (statement("DELETE FROM audit WHERE seq = 5"), FaultKind.MISSING, 5),
        (statement("DELETE FROM audit WHERE seq = 1"), FaultKind.MISSING, 1),
        (statement("DELETE FROM audit WHERE seq > 9"), FaultKind.CUT, 10),
        (insert, FaultKind.INSERTED, 6),
        (swap, FaultKind.REORDERED, 5),
    ],
)
def test_the_first_bad_row_is_named(
    database: Database, harm: Callable[[Connection], object], kind: FaultKind, seq: int
) -> None:
    make(database, 12)
    Seal(database).tick(NOW)
    head = checked(database).head
    assert checked(database, head).fault is None
    with database.write() as connection:
        audited.remove(connection)
        harm(connection)
    fault = checked(database, head).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == (kind, seq)


def test_a_chain_that_was_made_anew_agrees_with_itself_but_not_with_a_printed_head(database: Database) -> None:
    make(database, 5)
    Seal(database).tick(NOW)
    early = checked(database).head
    make(database, 5, 5)
    Seal(database).tick(NOW)
    late = checked(database).head
    by_force(
        database,
        "UPDATE audit SET text = replace(text, 'a6', 'b6')",
        "UPDATE audit SET seq = NULL, hash = NULL",
    )
    Seal(database).tick(NOW)
    assert checked(database).fault is None
    assert checked(database, early).fault is None
    fault = checked(database, early, late).fault
    assert fault is not None
    assert (fault.kind, fault.seq, fault.other) == (FaultKind.REWRITTEN, 10, 5)
    lost = checked(database, Head(0, late.hash[:20])).fault
    assert lost is not None
    assert lost.kind is FaultKind.UNKNOWN_HEAD


def test_triggers_that_are_gone_are_told_and_set_again_at_the_next_start(database: Database) -> None:
    make(database, 1)
    with database.write() as connection:
        audited.remove(connection)
        assert "alert" in audited.missing(connection)
    make(database, 1, 1)
    database.migrate()
    make(database, 1, 2)
    with database.read() as connection:
        assert audited.missing(connection) == []
    kinds = [kind for kind, _, _ in told(database)]
    assert kinds == ["alert.added", "audit.interrupted", "alert.added"]


def test_triggers_of_another_version_are_replaced_and_are_no_gap(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(database, 1)
    monkeypatch.setattr(audited, "REFUSED", "the audit log is append-only, says the new version")
    audited.triggers.cache_clear()
    database.migrate()
    with pytest.raises(DBAPIError, match="new version"), database.write() as connection:
        connection.execute(text("DELETE FROM audit"))
    monkeypatch.undo()
    audited.triggers.cache_clear()
    assert [kind for kind, _, _ in told(database)] == ["alert.added"]


def test_what_a_database_held_before_the_log_began_is_taken_over(database: Database) -> None:
    make(database, 2)
    by_force(database, "DELETE FROM audit")
    assert [(kind, said["key"]) for kind, _, said in told(database)] == [("alert.found", "a0"), ("alert.found", "a1")]


def test_a_replay_keeps_no_log(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/replay.db", durable=False)
    database.migrate()
    make(database, 2)
    assert told(database) == []
    database.close()


def test_a_row_with_a_key_of_its_own_is_named_by_it(database: Database) -> None:
    with database.write() as connection:
        written = WrittenBriefing(day=NOW.date(), compiled_at=NOW, title="日报", text="long", html="longer")
        briefings.replace(connection, written)
        briefings.replace(connection, replace(written, title="日报 2"))
    (added, subject, first), (changed, _, second) = told(database)
    assert (added, changed, subject) == ("briefing.added", "briefing.changed", "briefing:2026-07-09")
    assert first.keys() == {"day", "compiled_at", "title"}
    assert second == {"day": "2026-07-09", "now": {"title": "日报 2"}, "was": {"title": "日报"}}
