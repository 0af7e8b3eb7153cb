"""When two entries are the same Item: canonical addresses and keys. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from monitor.core.sources import Identity

DEFAULT_PORTS = {"http": 80, "https": 443}
TRACKING = frozenset(
    [
        "spm",
        "scm",
        "from",
        "from_source",
        "fromsource",
        "from_uid",
        "ref",
        "refer",
        "referer",
        "referrer",
        "source_from",
        "share",
        "share_from",
        "share_token",
        "share_source",
        "share_medium",
        "sharer_shareid",
        "sharefrom",
        "timestamp_share",
        "vd_source",
        "isappinstalled",
        "wxshare_count",
        "weixin_share",
        "chksm",
        "scene",
        "srcid",
        "wfr",
        "fr",
        "fbclid",
        "gclid",
        "yclid",
        "msclkid",
        "mc_cid",
        "mc_eid",
        "igshid",
        "_hsenc",
        "_hsmi",
        "bd_vid",
        "hmsr",
        "hmpl",
        "hmcu",
        "hmkw",
        "hmci",
        "nsukey",
        "sudaref",
        "display",
        "rss",
        "cmpid",
        "ncid",
        "ocid",
    ]
)
TRACKING_PREFIXES = ("utm_", "spm_", "stm_", "pk_", "mtm_", "at_medium", "at_campaign")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_SPACES = re.compile(r"\s+")
_KEPT_IN_PATH = "/:@!$&'()*+,;=~-._"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?"


# Most addresses have one form only, which is told from how they look: small letters in the host, no port that goes
# without saying, no dots for steps, no query.
_STEP = r"[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*"
_PLAIN = re.compile(
    rf"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?!80/|443/)(?:[1-9][0-9]{{1,3}}|[1-5][0-9]{{4}}))?/(?:{_STEP}/)*(?:{_STEP})?"
)


def is_plain(url: str) -> bool:
    """Tell whether an absolute address is its own canonical form, as far as that can be told at a glance."""
    return _PLAIN.fullmatch(url) is not None


def canonical_url(url: str) -> str:
    """Return `url` in the one form that every spelling of it leads to, or "" if it is no http or https address.

    Scheme and host in lower case, no default port, no fragment (except the routes "#!" and "#/"), no tracking
    parameters, the others sorted, percent-encoding in capitals and only where needed. Idempotent.
    """
    return url if is_plain(url) else _canonical(url)


@lru_cache(maxsize=8192)
def _canonical(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not host:
        return ""
    authority = f"[{host}]" if ":" in host else host.rstrip(".")
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        authority += f":{port}"
    query = "&".join(sorted(_requoted(pair, _KEPT_IN_QUERY) for pair in parts.query.split("&") if _identifies(pair)))
    path = _requoted(_without_dots(parts.path), _KEPT_IN_PATH) or "/"
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return f"{parts.scheme}://{authority}{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _identifies(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return bool(pair) and name not in TRACKING and not name.startswith(TRACKING_PREFIXES)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for step in path.split("/"):
        if step == ".." and len(kept) > 1:
            kept.pop()
        elif step not in (".", ".."):
            kept.append(step)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept)


def _requoted(text: str, kept: str) -> str:
    """Encode what needs it, decode what does not; a reserved character stays as it was written."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[0][1:], 16))
        return character if character.isascii() and (character.isalnum() or character in "-._~") else match[0].upper()

    return quote(_ENCODED.sub(plain, text), safe=kept + "%")


def item_key(*, source_id: str, url: str, external_id: str, title: str, text: str, identity: Identity) -> str:
    """Return the key of an entry: 32 hexadecimal digits.

    An address is the same Item in every source (http and https alike); an id or a title only within its own source.
    """
    address = canonical_url(url)
    if identity in (Identity.AUTO, Identity.URL) and address:
        return _digest("url", address.partition("://")[2])
    if identity is not Identity.TITLE and external_id:
        return _digest("id", source_id, external_id)
    said = folded(title) or folded(text)
    return _digest("title", source_id, said)


def folded(text: str) -> str:
    """Return `text` as it is compared: compatibility forms united, case and spaces gone."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
