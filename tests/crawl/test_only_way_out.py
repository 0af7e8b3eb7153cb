"""No module but the gate reaches the network, except the libraries that are channels themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for top in ("monitor", "responders") for path in (ROOT / top).rglob("*.py"))
REACHING = (
    "httpx", "httpcore", "requests", "urllib3", "aiohttp", "socket", "socketserver", "ftplib", "telnetlib", "poplib",
    "imaplib", "smtplib", "urllib.request", "http.client", "asyncio.open_connection", "slack_sdk",
)  # fmt: skip
CHANNELS = ("smtplib", "slack_sdk")
# Names of errors and of a value; none of them reaches anything.
HARMLESS = {"socket.gaierror", "socket.timeout", "http.client.HTTPException", "urllib.request.Request"}
# One listens, one speaks to this machine's own supervisor, one shuts connections that the database driver opened; none
# of them reaches beyond.
LOCAL = {"monitor/service/listening.py", "monitor/service/supervisor.py", "monitor/store/silence.py"}


def used(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports; of a plainly imported module, the names that are used of it."""
    plain = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            plain |= {alias.asname or alias.name for alias in node.names}
            yield from (alias.name for alias in node.names if alias.name not in REACHING or alias.asname)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in plain:
            yield ast.unparse(node)


def reaches_out(name: str) -> bool:
    return name not in HARMLESS and any(name == root or name.startswith(root + ".") for root in REACHING)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_gate_reaches_out(path: Path) -> None:
    here = path.relative_to(ROOT)
    if here.is_relative_to("monitor/gate") or here.as_posix() in LOCAL:
        return
    names = {name for name in used(ast.parse(path.read_text(encoding="utf-8"))) if reaches_out(name)}
    if here.is_relative_to("responders/channels"):
        names = {name for name in names if not name.startswith(CHANNELS)}
    assert not names


def test_the_check_sees_what_it_looks_for() -> None:
    guilty = "import socket\nfrom urllib.request import urlopen\nimport httpx as h\nsocket.create_connection(('x', 1))"
    found = {name for name in used(ast.parse(guilty)) if reaches_out(name)}
    assert found == {"socket.create_connection", "urllib.request.urlopen", "httpx"}
