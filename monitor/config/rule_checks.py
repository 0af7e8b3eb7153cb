"""What each entry of a rule pack allows alone but the pack as a whole does not, besides its obligations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.config.document import Document, Problem
from monitor.core.errors import N_


def unfit_entries(document: Document) -> Iterator[Problem]:
    """Yield a pack that holds nothing, ids that stand twice, and local terms that cannot be meant."""
    if not isinstance(document.value, dict):
        return
    if not any(document.value.get(key) for key in ("obligations", "stricter", "duties")):
        yield document.problem((), N_("This pack holds nothing. Write obligations, duties or stricter terms."))
    yield from _named_twice(document)
    stricter = _listed(document, "stricter")
    if stricter and not document.value.get("overlay_of"):
        message = N_("Stricter terms are meant for another pack. Name it under overlay_of: cn-gov.")
        yield document.problem(("stricter",), message)
    for n, raw in enumerate(stricter):
        if raw.get("verified") is False and raw.get("enabled", True) is not False:
            message = N_("The stricter terms for {rule} are not verified. Set enabled: false, or verify them.")
            yield document.problem(("stricter", n, "verified"), message, rule=raw.get("rule", ""))


def _named_twice(document: Document) -> Iterator[Problem]:
    """Yield duties whose id is that of another duty or of an obligation."""
    first: dict[str, int] = {}
    for key in ("obligations", "duties"):
        for n, raw in enumerate(_listed(document, key)):
            name, where = raw.get("id"), (key, n, "id")
            if not isinstance(name, str):
                continue
            if key == "duties" and name in first:
                message = N_("The id {id} is taken, first on line {line}. Give this duty another.")
                yield document.problem(where, message, id=name, line=first[name])
            first.setdefault(name, document.line(where))


def _listed(document: Document, key: str) -> list[dict[str, Any]]:
    found = document.value.get(key)
    return [part if isinstance(part, dict) else {} for part in found] if isinstance(found, list) else []
