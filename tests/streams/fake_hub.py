"""A WebSub hub and a publisher over real sockets: it refuses what the Recommendation lets a hub refuse."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import httpx

from tests.crawl.site import Asked, Reply, Site

Reach = Callable[..., httpx.Response]


@dataclass
class Subscribed:
    """What a subscriber asked for and confirmed."""

    callback: str
    topic: str
    secret: str
    lease: int


@dataclass
class FakeHub:
    """The hub of one site. `reach` calls a subscriber back; `early` does so before the answer."""

    site: Site
    reach: Reach
    early: bool = False
    silent: bool = False
    refuse: int = 0
    lease: int = 864_000
    challenge: str = ""
    subscribed: dict[str, Subscribed] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    calls: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site.pages["/hub"] = self.ask
        self.url = f"{self.site.url}/hub"

    def ask(self, asked: Asked) -> Reply:
        """Take a request; what is wrong with it is said with 400 (section 5.2)."""
        if asked.method != "POST" or asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            return Reply(b"no form", 400)
        form = dict(parse_qsl(asked.body.decode("ascii"), strict_parsing=True))
        self.asked.append(form)
        if self.refuse:
            return Reply(b"not now", self.refuse)
        missing = {"hub.mode", "hub.topic", "hub.callback"} - form.keys()
        if missing or form["hub.mode"] not in ("subscribe", "unsubscribe"):
            return Reply(b"hub.mode", 400)
        if not form["hub.callback"].startswith(("http://", "https://")) or "#" in form["hub.callback"]:
            return Reply(b"hub.callback", 400)
        if len(form.get("hub.secret", "").encode()) >= 200 or not form.get("hub.lease_seconds", "1").isdigit():
            return Reply(b"hub.secret", 400)
        if self.early:
            self.verify(form)
        elif not self.silent:
            call = threading.Thread(target=self.verify, args=(form,), daemon=True)
            self.calls.append(call)
            call.start()
        return Reply(b"", 202)

    def verify(self, form: dict[str, str]) -> None:
        """Ask the subscriber whether he meant it (section 5.3)."""
        challenge = self.challenge or secrets.token_urlsafe(20)
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": challenge}
        if form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = str(self.lease)
        answer = self.reach("GET", f"{form['hub.callback']}?{urlencode(query)}")
        self.answers.append((answer.status_code, answer.text))
        if not 200 <= answer.status_code < 300 or answer.text != challenge:
            return
        if form["hub.mode"] == "unsubscribe":
            self.subscribed.pop(form["hub.callback"], None)
        else:
            secret = form.get("hub.secret", "")
            self.subscribed[form["hub.callback"]] = Subscribed(
                form["hub.callback"], form["hub.topic"], secret, self.lease
            )

    def settle(self) -> None:
        """Wait until all subscribers were called back."""
        for call in self.calls:
            call.join(60)
            assert not call.is_alive()
        self.calls.clear()

    def distribute(self, body: bytes, *, method: str = "sha256", signature: str | None = None) -> list[int]:
        """Bring a body to all who are subscribed (section 7), signed where they gave a secret (section 8)."""
        statuses = []
        for one in self.subscribed.values():
            seal = hmac.new(one.secret.encode(), body, getattr(hashlib, method)).hexdigest()
            headers = {
                "content-type": "application/rss+xml",
                "link": f'<{self.url}>; rel="hub", <{one.topic}>; rel="self"',
                "x-hub-signature": f"{method}={seal}" if signature is None else signature,
            }
            statuses.append(self.reach("POST", one.callback, content=body, headers=headers).status_code)
        return statuses
