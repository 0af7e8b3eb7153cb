"""The house has floors: imports run strictly downwards, and the core touches nothing outside itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOORS = {
    "monitor.core": 0,
    "monitor.config": 1,
    "monitor.store": 1,
    "monitor.crawl": 1,
    "monitor.gate": 1,
    "monitor.second": 1,
    "responders.channels": 1,
    "responders.evidence": 1,
    "responders.language": 1,
    "responders.labels": 1,
    "responders.documents": 1,
    "monitor.loops": 2,
    "responders.accounts": 2,
    "responders.desk": 2,
    "responders.drills": 2,
    "responders.sorting": 2,
    "responders.inquiry": 2,
    "responders.matters": 2,
    "responders.versions": 2,
    "responders.links": 2,
    "responders.subscriptions": 2,
    "responders.certificates": 2,
    "responders.rota": 2,
    "responders.channel_tests": 2,
    "responders.previews": 2,
    "responders.snoozes": 2,
    "responders.exports": 2,
    "responders.statistics": 2,
    "responders.ratings": 2,
    "responders.cap_export": 2,
    "responders.console": 3,
    "responders.slack_app": 3,
    "responders.mcp_door": 3,
    "monitor.service": 4,
    "monitor.replay": 4,
    "monitor.cli": 5,
    "monitor.__main__": 5,
}
# The gate, the people's language and the form of a message are what every adapter may use.
SHARED_ON_FLOOR_1 = ("monitor.gate", "responders.language", "responders.labels", "responders.channels.base")
PACKAGES_ON_FLOOR_2 = ("responders.desk", "responders.accounts")
INNOCENT = {
    "__future__", "abc", "ahocorasick_rs", "base64", "bisect", "calendar", "collections", "dataclasses", "datetime",
    "decimal", "enum", "functools", "hashlib", "heapq", "hmac", "html", "itertools", "json", "math", "operator", "re",
    "statistics", "string", "types", "typing", "unicodedata", "urllib.parse", "zoneinfo",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def modules() -> list[Path]:
    return sorted(path for top in ("monitor", "responders") for path in (ROOT / top).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# Looking for them takes longer than all else here.
PATHS = modules()
MODULES = frozenset(map(name_of, PATHS))


def home_of(module: str) -> str | None:
    """Return the room that a module lives in, or None for the bare top packages."""
    return next((room for room in FLOORS if module == room or module.startswith(room + ".")), None)


def loop_of(module: str) -> str:
    return module.split(".")[2] if module.count(".") >= 2 else ""


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import on line {node.lineno}"
            for alias in node.names:
                longer = f"{node.module}.{alias.name}"
                yield node.lineno, longer if longer in MODULES else str(node.module)


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_imports_run_downwards(path: Path) -> None:
    if "migrations" in path.parts:
        return
    here = name_of(path)
    room = home_of(here)
    for line, target in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if target.split(".")[0] not in ("monitor", "responders"):
            continue
        there = home_of(target)
        assert room is not None, f"{here} has no floor: name it in FLOORS"
        assert there is not None, f"{here}:{line} imports {target}, which has no floor"
        if FLOORS[room] == 5 or (there == room and (FLOORS[room] != 2 or room in PACKAGES_ON_FLOOR_2)):
            continue
        if there == room == "monitor.loops":
            assert target == room or loop_of(target) == loop_of(here), f"{here}:{line}: one loop imports {target}"
            continue
        if FLOORS[there] == FLOORS[room] == 1 and target.startswith(SHARED_ON_FLOOR_1):
            continue
        assert FLOORS[there] < FLOORS[room], f"{here}:{line} (floor {FLOORS[room]}) imports {target} ({FLOORS[there]})"


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{name_of(path)}: import inside {function.name}, line {hidden}"


@pytest.mark.parametrize("path", [p for p in PATHS if name_of(p).startswith("monitor.core")], ids=name_of)
def test_the_core_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, target in imports(tree):
        innocent = target.startswith("monitor.core") or target in INNOCENT or target.split(".")[0] in INNOCENT
        assert innocent, f"{name_of(path)}:{line} imports {target}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            owner = ast.unparse(node.func.value)
            assert owner not in ("datetime", "date", "time", "dt"), f"{name_of(path)}:{node.lineno} reads a clock"
