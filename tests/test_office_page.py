"""What docs/office.md shows works: its commands run, and who may do what there is what the routes ask for."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from monitor.core.access.roles import GRANTS, AccountRole, Permission
from responders.console.permissions import ROUTES, Needs
from tests.cli.terminal import Terminal, at_work
from tests.test_readme import commands

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "office.md").read_text("utf-8")
SAID = {"duty officer": AccountRole.DUTY, "leader": AccountRole.LEADER, "administrator": AccountRole.ADMIN}
ACTS = {
    "/duty": ("/duty/take", Permission.ARRANGE),
    "/channels": ("/channels/test", Permission.OPERATE),
    "/sources": ("/sources/{name}/preview", Permission.OPERATE),
    "/drills": ("/drills/start", Permission.DRILL),
    "/audit": ("/audit/verify", Permission.INSPECT),
}


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    lines = commands("docs/office.md")
    assert len(lines) == 2
    for line in lines:
        assert "✓" in terminal.run(*shlex.split(line)[1:])


@pytest.mark.parametrize("path", ACTS)
def test_who_may_do_what_is_what_the_table_says(path: str) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{path}` "))
    route, permission = ACTS[path]
    assert ROUTES["POST", route] == Needs(permission)
    told = {role for name, role in SAID.items() if name in row.rpartition(":")[2]}
    assert told == {role for role, granted in GRANTS.items() if permission in granted}
