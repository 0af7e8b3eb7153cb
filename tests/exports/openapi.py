"""`python -m tests.exports.openapi`: write what the running service tells of its API into docs/openapi.json."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.core.access.roles import AccountRole
from monitor.store.database import Database
from tests.exports.test_api import OPENAPI, Program
from tests.responders.console.station import Station, serving


def main() -> None:
    """Ask a console over an empty database and write its answer."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'huiying.db'}", durable=False)
        database.migrate()
        with serving(Station(database)) as station:
            program = Program(station, AccountRole.ADMIN)
            told = program.get("/openapi.json").json()
            program.client.close()
        database.close()
    OPENAPI.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
