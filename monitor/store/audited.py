"""Which tables the audit log follows, and the triggers that let the database itself write it.

A trigger writes in the transaction of what it records, whoever changes the row and by whatever program, so that no
code can forget it; a second kind refuses to change or take away what the log holds. Whoever owns the database can drop
them: that is what the chain and the printed heads are for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, text
from sqlalchemy import Table as CoreTable
from sqlalchemy.sql.sqltypes import JSON, DateTime

from monitor.store.all_tables import METADATA

LOG = "audit"
SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
POSTGRES_NOW = "clock_timestamp()"
OF_ITS_DEADLINE = "(SELECT d.matter_id FROM deadline d WHERE d.id = {row}.deadline_id)"
OF_ITS_RESPONSE = "(SELECT r.matter_id FROM response r WHERE r.id = {row}.response_id)"
OF_ITS_CAPTURE = (
    "(SELECT r.matter_id FROM response r JOIN capture c ON c.response_id = r.id WHERE c.id = {row}.capture_id)"
)
OF_ITS_DRAFT = "(SELECT f.matter_id FROM draft f WHERE f.id = {row}.draft_id)"
OF_ITS_BULLETIN = "(SELECT b.matter_id FROM bulletin b WHERE b.id = {row}.bulletin_id)"
OF_ITS_ASSIGNMENT = "(SELECT g.matter_id FROM assignment g WHERE g.id = {row}.assignment_id)"
OF_ITS_PLAN = "(SELECT p.matter_id FROM conference_plan p WHERE p.id = {row}.plan_id)"
OF_ITS_ALERT = "(SELECT a.matter_id FROM alert a WHERE a.id = {row}.alert_id)"


@dataclass(frozen=True, slots=True)
class Audited:
    """A table that is followed. `quiet` columns are no news by themselves; `untold` ones are not copied either.

    `matter` is an SQL expression over {row}; None where a row belongs to no matter. A table that this version of the
    program does not have is passed over.
    """

    table: str
    matter: str | None = "{row}.matter_id"
    quiet: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    keys: tuple[str, ...] = ("id",)


# In the order in which their rows are taken over when the log begins.
AUDITED = (
    Audited("decision"),
    Audited("response"),
    # The text may name persons; its digest tells which one it was.
    Audited("release_check", matter=OF_ITS_RESPONSE, untold=("text", "findings"), keys=("response_id",)),
    Audited("draft", quiet=("look_at", "told"), untold=("look_at", "told")),
    # Its digest tells which text it was, as that of a release does.
    Audited("draft_version", matter=OF_ITS_DRAFT, untold=("title", "text"), keys=("draft_id", "number")),
    Audited("gate_step", matter=OF_ITS_DRAFT),
    Audited("bulletin", untold=("facts",)),
    Audited("bulletin_version", matter=OF_ITS_BULLETIN, untold=("title", "sections"), keys=("bulletin_id", "number")),
    Audited("bulletin_step", matter=OF_ITS_BULLETIN),
    Audited("conference", matter=OF_ITS_RESPONSE),
    Audited("clarification", matter=OF_ITS_RESPONSE, keys=("response_id",)),
    Audited("continuation", matter=OF_ITS_RESPONSE, keys=("response_id",)),
    Audited("claim_check"),
    Audited("offer"),
    Audited("conference_plan", quiet=("look_at", "told"), untold=("look_at", "told")),
    Audited("conference_tick", matter=OF_ITS_PLAN, keys=("plan_id", "task")),
    Audited("deadline", quiet=("watched_until", "check_at"), untold=("watched_until", "check_at")),
    Audited("transition"),
    Audited("alert"),
    Audited("delivery", matter=OF_ITS_ALERT, quiet=("retry_at",)),
    Audited("briefing", matter=None, untold=("text", "html", "sheet"), keys=("day",)),
    Audited("briefing_edition", matter=None, untold=("text", "html", "sheet"), keys=("day", "edition")),
    Audited("unsubscription", matter=None, keys=("address",)),
    Audited("adjustment"),
    Audited("finding"),
    Audited("audience", matter=OF_ITS_ALERT, keys=("alert_id", "contact")),
    Audited("rota_change", matter=None),
    Audited("armed_message", matter=OF_ITS_DEADLINE, quiet=("lease_until",)),
    Audited("drill"),
    Audited("assignment"),
    Audited("receipt", matter=OF_ITS_ASSIGNMENT, quiet=("look_at", "told"), untold=("look_at", "told")),
    Audited("aftermath", keys=("matter_id",)),
    Audited("lesson"),
    Audited("rule_version", matter=None, keys=("digest",)),
    Audited("calendar", matter=None, keys=("name", "version")),
    Audited(
        "evidence",
        matter=OF_ITS_RESPONSE,
        quiet=("due_at", "tries", "troubled_since", "told"),
        untold=("due_at", "tries", "troubled_since", "told"),
        keys=("response_id",),
    ),
    # The manifest and the token are fixed by their digests; the text is in the archive file, which the manifest fixes.
    Audited(
        "capture",
        matter=OF_ITS_RESPONSE,
        quiet=("outside_due_at", "outside_tries", "outside_said"),
        untold=("manifest", "text", "outside_due_at", "outside_tries", "outside_said"),
    ),
    Audited("stamp", matter=OF_ITS_CAPTURE, untold=("token", "roots")),
    Audited("authority", matter=None, untold=("key",), keys=("name",)),
    # Secrets are not copied, hashed or not; `password_at` and `totp_at` tell when they changed.
    Audited("account", matter=None, quiet=("totp_used",), untold=("password", "totp", "totp_used")),
    Audited("account_session", matter=None, quiet=("seen_at",), untold=("secret", "seal", "seen_at")),
    Audited("api_token", matter=None, untold=("secret",)),
    Audited("calendar_feed", matter=None, untold=("secret",)),
    Audited("appraisal", matter=None),
    # The digest tells on which figures a grade was given.
    Audited("appraised", matter=None, untold=("figures",)),
    Audited("rating", matter=OF_ITS_RESPONSE),
)
# Why the other tables are not followed; a test wants every table in one of the two lists.
NOT_AUDITED = {
    "audit": "the log itself",
    "source": "what is remembered of a source between fetches",
    "fetch": "kept as it is, with its own outcome",
    "drop": "counted, with its reason",
    "host": "how a host stands, computed from what came of fetches",
    "stream": "who listens to a stream, and how far it has come",
    "withdrawal": "what others did to what they published",
    "subscription": "what a hub was asked to tell, renewed by itself",
    "brought": "what waits to be read",
    "robots": "what sites say of robots, asked for again every day",
    "item": "published by others; what a person decides of it is a decision",
    "sighting": "published by others",
    "assessment": "follows from the item and the rules, whose versions are in the log",
    "second_reading": "may only ask, and what it asks is an alert",
    "second_request": "a request to the second reader, kept as it is",
    "matter": "follows from decisions and items",
    "incident": "follows from its items",
    "incident_item": "follows from the rules, or from a decision",
    "hearing": "follows from the items",
    "whisper": "follows from the items",
    "whisper_item": "follows from the items",
    "chain": "follows from decisions",
    "severity_step": "follows from the items, and keeps the sentence that proved it",
    "wave_step": "follows from the items, and keeps its grounds",
    "card": "where a channel keeps its message",
    "heartbeat": "the last good cycle of a loop",
    "edition": "a counter",
    "calendar_day": "part of a calendar, whose digest is in the log",
    "used_link": "what the link does is a decision",
    "secret": "a secret of this installation",
    "troubled": "until when a leg leaves a row alone",
    "process": "the last sign of a process",
    "correction": "follows from decisions",
    "capture_part": "a piece of a file whose digest is in the log",
    "bucket": "how many tries are left just now; what was refused is noted in the log",
    "api_request": "the answer to a request that may be repeated; what it did is a decision",
    "event_hook": "how a receiver fares",
    "told_event": "that a receiver took an event, kept as it is",
    "spent": "digests of what may be used once",
    "slack_event": "what Slack sent; what a person decides by it is a decision",
    "slack_request": "that a signed request was seen",
    "slack_card": "how a card in Slack stands",
    "snooze": "follows from decisions: an acknowledgement, and the handing back",
    "rating_count": "counts of votes; who gave them is kept nowhere",
    "path_check": "a silent try of a channel, kept as it is",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger and the statements that make it; its name changes with them."""

    name: str
    table: str
    statements: tuple[str, ...]


def followed() -> tuple[Audited, ...]:
    """Return the tables that are followed in this version of the program."""
    return tuple(audited for audited in AUDITED if audited.table in METADATA.tables)


def install(connection: Connection) -> None:
    """Set the triggers as the tables now are; where the log is still empty, take over what the tables hold."""
    remove(connection)
    dialect = connection.dialect.name
    if connection.execute(text(f"SELECT 1 FROM {LOG} LIMIT 1")).first() is None:
        for audited in followed():
            connection.exec_driver_sql(_taken_over(dialect, audited))
    for trigger in triggers(dialect):
        for statement in trigger.statements:
            connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take the triggers away: tables are rebuilt by an upgrade, and rows that move are no news."""
    for name, table in _present(connection):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def outdated(connection: Connection) -> bool:
    """Tell whether a trigger is not there as this program wants it: gone, switched off, or another version's."""
    present = {name for name, _ in _present(connection)}
    return any(trigger.name not in present for trigger in triggers(connection.dialect.name))


def missing(connection: Connection) -> list[str]:
    """Return the tables of which a trigger is gone or switched off: what happens to them goes unrecorded.

    One of another version of the program records as well, and is no gap.
    """
    present = {name.rpartition("_")[0] for name, _ in _present(connection)}
    wanted = triggers(connection.dialect.name)
    return sorted({trigger.table for trigger in wanted if trigger.name.rpartition("_")[0] not in present})


def now_of(dialect: str) -> str:
    """Return how the database tells its own clock, as the log keeps it."""
    return SQLITE_NOW if dialect == "sqlite" else POSTGRES_NOW


def _present(connection: Connection) -> list[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit\\_%' ESCAPE '\\'"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname LIKE 'audit\\_%' "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
    return [(row[0], row[1]) for row in connection.execute(text(query))]


@cache
def triggers(dialect: str) -> tuple[Trigger, ...]:
    """Return all triggers that belong to the tables as this program knows them."""
    build = _sqlite if dialect == "sqlite" else _postgresql
    return tuple(
        trigger for audited in followed() for trigger in build(audited, METADATA.tables[audited.table])
    ) + tuple(_guards(dialect))


def _named(table: str, act: str, build: str) -> str:
    return f"audit_{table}_{act}_{hashlib.sha256(build.encode()).hexdigest()[:8]}"


def _told(audited: Audited, table: CoreTable) -> list[str]:
    return [column.name for column in table.columns if column.name not in audited.untold]


def _news(audited: Audited, table: CoreTable) -> list[str]:
    return [column.name for column in table.columns if column.name not in (*audited.quiet, *audited.keys)]


def _matter(audited: Audited, row: str) -> str:
    return "NULL" if audited.matter is None else audited.matter.format(row=row)


def _subject(audited: Audited, row: str) -> str:
    named = " || '/' || ".join(f"{row}.{key}" for key in audited.keys)
    return f"'{audited.table}:' || {named}"


def _named_pairs(audited: Audited, row: str) -> str:
    return ", ".join(f"'{key}', {row}.{key}" for key in audited.keys)


def _ordered(audited: Audited, row: str) -> str:
    return ", ".join(f"{row}.{key}" for key in audited.keys)


def _written(audited: Audited, act: str, values: str, source: str = "") -> str:
    """Return the statement that writes into the log."""
    return f"INSERT INTO {LOG} (at, kind, matter_id, subject, text) SELECT {values}{source}".replace(
        "{kind}", f"'{audited.table}.{act}'"
    )


def _sqlite_value(table: CoreTable, column: str, row: str) -> str:
    """Return a column as JSON tells it; instants with their offset, as the other database writes them."""
    kind = table.columns[column].type
    name = f'{row}."{column}"'
    if isinstance(kind, JSON):
        return f"json({name})"
    if isinstance(kind, DateTime) or "DateTime" in type(kind).__name__:
        return f"replace({name}, ' ', 'T') || '+00:00'"
    return name


def _sqlite_whole(audited: Audited, table: CoreTable, row: str) -> str:
    pairs = ", ".join(f"'{name}', {_sqlite_value(table, name, row)}" for name in _told(audited, table))
    return f"json_object({pairs})"


def _sqlite(audited: Audited, table: CoreTable) -> Iterator[Trigger]:
    for act, when, row in (("added", "INSERT", "NEW"), ("removed", "DELETE", "OLD")):
        whole = _sqlite_whole(audited, table, row)
        values = f"{SQLITE_NOW}, {{kind}}, {_matter(audited, row)}, {_subject(audited, row)}, {whole}"
        body = f"AFTER {when} ON {table.name} BEGIN {_written(audited, act, values)}; END"
        yield _sqlite_trigger(table.name, act, body)
    news = _news(audited, table)
    differs = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in news)
    rows = " UNION ALL ".join(
        f"SELECT '{name}' AS n, {_sqlite_value(table, name, 'NEW')} AS v, {_sqlite_value(table, name, 'OLD')} AS o"
        for name in news
        if name not in audited.untold
    )
    pairs = _named_pairs(audited, "NEW")
    changed = f"json_object({pairs}, 'now', json_group_object(n, v), 'was', json_group_object(n, o))"
    values = f"{SQLITE_NOW}, {{kind}}, {_matter(audited, 'NEW')}, {_subject(audited, 'NEW')}, " + changed
    written = _written(audited, "changed", values, f" FROM ({rows}) WHERE v IS NOT o")
    yield _sqlite_trigger(table.name, "changed", f"AFTER UPDATE ON {table.name} WHEN {differs} BEGIN {written}; END")


def _sqlite_trigger(table: str, act: str, body: str) -> Trigger:
    name = _named(table, act, body)
    return Trigger(name, table, (f"CREATE TRIGGER {name} {body}",))


def _postgresql_whole(audited: Audited, row: str) -> str:
    untold = ", ".join(f"'{name}'" for name in audited.untold)
    less = f" - ARRAY[{untold}]::text[]" if untold else ""
    return f"to_jsonb({row}){less}"


def _postgresql(audited: Audited, table: CoreTable) -> Iterator[Trigger]:
    for act, when, reference in (("added", "INSERT", "NEW TABLE AS r"), ("removed", "DELETE", "OLD TABLE AS r")):
        whole = _postgresql_whole(audited, "x")
        values = f"{POSTGRES_NOW}, {{kind}}, {_matter(audited, 'x')}, {_subject(audited, 'x')}, ({whole})::text"
        body = _written(audited, act, values, f" FROM r x ORDER BY {_ordered(audited, 'x')}")
        yield _postgresql_trigger(table.name, act, when, reference, body)
    news = _news(audited, table)
    differs = " OR ".join(
        f'n."{name}"::text IS DISTINCT FROM o."{name}"::text'
        if isinstance(table.columns[name].type, JSON)
        else f'n."{name}" IS DISTINCT FROM o."{name}"'
        for name in news
    )
    told = ", ".join(_if_it_differs(table, name) for name in news if name not in audited.untold)
    # OFFSET keeps the rows from being made anew for each of their columns.
    both = (
        f"(SELECT jsonb_build_object({_named_pairs(audited, 'n')}, "
        "'now', jsonb_object_agg(k, j.now -> k), 'was', jsonb_object_agg(k, j.was -> k)) FROM "
        "(SELECT to_jsonb(n) AS now, to_jsonb(o) AS was OFFSET 0) j, "
        f"unnest(array_remove(ARRAY[{told}]::text[], NULL)) k)"
    )
    same = " AND ".join(f"o.{key} = n.{key}" for key in audited.keys)
    values = f"{POSTGRES_NOW}, {{kind}}, {_matter(audited, 'n')}, {_subject(audited, 'n')}, ({both})::text"
    source = f" FROM fresh n JOIN stale o ON {same} WHERE {differs} ORDER BY {_ordered(audited, 'n')}"
    body = _written(audited, "changed", values, source)
    yield _postgresql_trigger(table.name, "changed", "UPDATE", "OLD TABLE AS stale NEW TABLE AS fresh", body)


def _if_it_differs(table: CoreTable, name: str) -> str:
    """Return the name of a column where its value has changed, else NULL; how JSON is written is no change."""
    both = (f'n."{name}"', f'o."{name}"')
    if isinstance(table.columns[name].type, JSON):
        both = (f"j.now -> '{name}'", f"j.was -> '{name}'")
    return f"CASE WHEN {both[0]} IS DISTINCT FROM {both[1]} THEN '{name}' END"


def _postgresql_trigger(table: str, act: str, when: str, reference: str, body: str) -> Trigger:
    name = _named(table, act, f"{when} {reference} {body}")
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS "
        f"$audit$ BEGIN {body}; RETURN NULL; END $audit$"
    )
    trigger = (
        f"CREATE TRIGGER {name} AFTER {when} ON {table} REFERENCING {reference} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {name}()"
    )
    return Trigger(name, table, (function, trigger))


REFUSED = "the audit log is append-only"
KEPT = ("id", "at", "kind", "matter_id", "subject", "text")


def _guards(dialect: str) -> Iterator[Trigger]:
    """Yield what refuses to change a sealed row, or what any row says, or to take one away."""
    if dialect == "sqlite":
        differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        yield _sqlite_trigger(LOG, "kept", f"BEFORE UPDATE ON {LOG} WHEN OLD.seq IS NOT NULL OR {differs} {refuse}")
        yield _sqlite_trigger(LOG, "stays", f"BEFORE DELETE ON {LOG} {refuse}")
        return
    differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
    whens = (
        ("kept", "BEFORE UPDATE", f"FOR EACH ROW WHEN (OLD.seq IS NOT NULL OR {differs})"),
        ("stays", "BEFORE DELETE OR TRUNCATE", "FOR EACH STATEMENT"),
    )
    for act, when, how in whens:
        name = _named(LOG, act, when + how + REFUSED)
        function = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$audit$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $audit$"
        )
        yield Trigger(name, LOG, (function, f"CREATE TRIGGER {name} {when} ON {LOG} {how} EXECUTE FUNCTION {name}()"))


def _taken_over(dialect: str, audited: Audited) -> str:
    """Return the statement that writes what a table holds into an empty log."""
    table = METADATA.tables[audited.table]
    if dialect == "sqlite":
        now, whole = SQLITE_NOW, _sqlite_whole(audited, table, "x")
    else:
        now, whole = POSTGRES_NOW, f"({_postgresql_whole(audited, 'x')})::text"
    values = f"{now}, {{kind}}, {_matter(audited, 'x')}, {_subject(audited, 'x')}, {whole}"
    return _written(audited, "found", values, f" FROM {audited.table} x ORDER BY {_ordered(audited, 'x')}")
