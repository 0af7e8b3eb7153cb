"""No module but the gate reaches the network, except the libraries that are channels themselves."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXCEPTIONS = {"socket.gaierror", "http.client.HTTPException"}  # names of errors reach nothing
MODULES = sorted(path for top in ("monitor", "responders") for path in (ROOT / top).rglob("*.py"))


def reaches_out(module: str) -> bool:
    roots = {"httpx", "httpcore", "requests", "urllib3", "aiohttp", "socket", "ftplib", "telnetlib", "asyncore"}
    return module.split(".", maxsplit=1)[0] in roots or module.startswith(
        ("urllib.request", "http.client", "smtplib", "slack_sdk")
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_gate_reaches_out(path: Path) -> None:
    here = path.relative_to(ROOT)
    if here.is_relative_to("monitor/gate"):
        return
    allowed = ("smtplib", "slack_sdk") if here.is_relative_to("responders/channels") else ()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in set(names) - EXCEPTIONS:
            assert not reaches_out(name) or name.startswith(allowed), f"{here} imports {name}"
