"""Where a redirect leads, and what goes along."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.sources import FailureKind
from monitor.gate.failure import GateFailure
from monitor.gate.target import Target

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TRAVELLING = frozenset({"accept", "accept-language", "user-agent"})


def following(location: str, here: Target) -> Target:
    """Return where a redirect leads; a place that cannot be used is the site's mistake, not that of our settings."""
    try:
        return Target.of(location, base=here)
    except GateFailure as failure:
        raise GateFailure(FailureKind.REDIRECT, f"to {failure.detail}") from None


def carried(sent: Mapping[str, str], here: Target, there: Target) -> dict[str, str]:
    """Return the headers that go on to the next address: to another origin, nothing that could be a credential."""
    if here.origin == there.origin:
        return dict(sent)
    kept = {name: value for name, value in sent.items() if name in TRAVELLING}
    if here.scheme == "https" and there.scheme == "http" and len(kept) < len(sent) and _has_secret(sent):
        raise GateFailure(FailureKind.REDIRECT, f"from https to {there.url[:200]} with credentials")
    return kept


def _has_secret(headers: Mapping[str, str]) -> bool:
    harmless = TRAVELLING | {"referer", "if-none-match", "if-modified-since"}
    return any(name not in harmless for name in headers)
