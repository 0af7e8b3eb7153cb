"""Join an address and a base that a page states, either of which may be no address at all."""

from __future__ import annotations

from urllib.parse import urljoin


def joined(base: str, link: str) -> str:
    """Return `link` as seen from `base`; `base` itself where `link` cannot be read ("http://[")."""
    try:
        return urljoin(base, link)
    except ValueError:
        return base
