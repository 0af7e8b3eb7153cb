"""An upgrade keeps what was known of rumours, on both databases and both ways."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from monitor.store.database import Database, migration_config
from tests.responders.console.station import Station
from tests.story.rumour_mill import CLAIM, Mill

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)


def migrate(database: Database, revision: str, *, down: bool = False) -> None:
    with database.engine.begin() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_sounded_like_a_rumour_stays_so_through_an_upgrade(database: Database) -> None:
    mill = Mill(Station(database))
    mill.tell("account", CLAIM)
    mill.tell("bureau", "四川绵阳一仓库起火致3死")
    migrate(database, "0003", down=True)
    assert rows(database, "SELECT matter_id, rumour FROM incident ORDER BY matter_id") == [(1, True), (2, False)]
    assert rows(database, "SELECT item_id, rumour FROM assessment ORDER BY item_id") == [(1, True), (2, False)]
    migrate(database, "head")
    assert rows(database, "SELECT item_id, speaker FROM assessment ORDER BY item_id") == [(1, "hearsay"), (2, None)]
    assert rows(database, "SELECT matter_id, standing, rumour, why FROM hearing ORDER BY matter_id") == [
        (1, "unverified", "claimed", "hearsay"),
        (2, "official", None, None),
    ]
    first, second = mill.incidents()
    assert (first.rumour, second.rumour) == ("claimed", None)
