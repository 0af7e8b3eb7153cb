"""By which program, rules and settings a process decides: what its start leaves in the audit log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from monitor.service.parts import Parts

PROGRAM = "huiying"


def versions(parts: Parts, roles: Collection[str] = ()) -> dict[str, Any]:
    """Return versions and digests as plain JSON. Secrets are in none of them."""
    pack = parts.pack
    return {
        "program": program_version(),
        "roles": sorted(roles),
        "region": parts.region,
        "rules": f"{pack.id}@{pack.version}",
        "rules_digest": _digest(asdict(pack)),
        "reader": parts.reader.version,
        "settings_digest": _digest(parts.settings.form.model_dump(mode="json")),
        "sources_digest": _digest([asdict(source) for _, source in sorted(parts.sources.items())]),
    }


def program_version() -> str:
    """Return the version of the installed program, or nothing where it only lies in a folder."""
    try:
        return version(PROGRAM)
    except PackageNotFoundError:
        return ""


def _digest(value: Any) -> str:
    written = json.dumps(_ordered(value), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _ordered(value: Any) -> Any:
    """Return a value whose sets have an order and whose keys are texts."""
    if isinstance(value, dict):
        return {str(key): _ordered(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_ordered(part) for part in value), key=str)
    if isinstance(value, list | tuple):
        return [_ordered(part) for part in value]
    return value
