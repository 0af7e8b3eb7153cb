"""Stand before every page: refuse strange hosts and acts of other sites, send the headers that bind the browser.

The check of the Host header defeats DNS rebinding. An act must come from one of our own pages: the browser says so in
Sec-Fetch-Site, or in Origin where it does not send that; the token of the form is checked where the form is read.

Under the public name, by which people follow links of messages and the public rates responses, nothing but those links
is answered. Such a link is a right by itself; the browsers inside chat programs tell little of where they come from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from types import MappingProxyType

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.core.errors import N_
from responders.console.health import PROBES
from responders.language import Words

LINKS, LOOKS = ("/a/", "/u/"), "/static/"
# What is asked there proves by itself that it may: a link is a right, a signed request comes from its signer, and the
# form of a rating carries a seal.
PROVEN = (*LINKS, "/slack/", "/push/", "/websub/", "/rate/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# With no-referrer, browsers send "Origin: null" with our own forms; same-origin tells other sites just as little.
PROTECTION: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "private, no-cache",
    }
)


class Refusal(Enum):
    """Why a request is not even looked at: the status and the sentence."""

    STRANGE_HOST = (400, N_("This console is not reached under that name."))
    OTHER_SITE = (403, N_("This did not come from a page of this console. Nothing was changed."))


def refusal_of(
    method: str, headers: Headers, hosts: Collection[str], *, path: str = "/", public: Collection[str] = ()
) -> Refusal | None:
    """Return why a request is refused, or None; `hosts` are the Host values that are ours, in lower case.

    Under those of `public` only acknowledge links and what their page looks like are answered.
    """
    named = headers.getlist("host")
    if len(named) != 1 or (named[0].lower() not in hosts and not (named[0].lower() in public and _is_open(path))):
        return Refusal.STRANGE_HOST
    # Another site's page cannot show a program's token; who shows one is nobody else, see doors.
    if method in SAFE_METHODS or path.startswith(PROVEN) or "authorization" in headers or _from_here(headers, named[0]):
        return None
    return Refusal.OTHER_SITE


def _is_open(path: str) -> bool:
    return path.startswith((*PROVEN, LOOKS))


def _from_here(headers: Headers, host: str) -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or origin == "null":
        return site == "same-origin"
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


class Guard:
    """Wraps the application."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        words: Words,
        public: Collection[str] = (),
        probe_hosts: Collection[str] = (),
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.public = frozenset(host.lower() for host in public)
        # Whoever asks how the service fares may call it by further names; people's pages are not shown under them.
        self.probe_hosts = self.hosts | {host.lower() for host in probe_hosts}
        self.words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request; let the others through and protect what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message))
            await send(message)

        path = scope["path"]
        refusal = refusal_of(scope["method"], Headers(scope=scope), self._hosts_of(path), path=path, public=self.public)
        if refusal is None:
            await self.app(scope, receive, protected)
            return
        status, sentence = refusal.value
        await PlainTextResponse(self.words(sentence), status)(scope, receive, protected)

    def _hosts_of(self, path: str) -> Collection[str]:
        return self.probe_hosts if path in PROBES else self.hosts


def protect(headers: MutableHeaders) -> None:
    """Add the protecting headers to those of an answer."""
    for name, value in PROTECTION.items():
        headers.setdefault(name, value)
