"""Group robots of WeCom, DingTalk and Feishu: webhooks that answer 200 whatever they think of the message."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.responders.fakes.markup import has_half_surrogate
from tests.responders.fakes.web import Answer, Bucket, Request, WebFake


class RobotFake(WebFake):
    """Reads JSON and counts messages a minute; `taken` holds the payloads that reached the group."""

    kind: str
    per_minute = 20

    def __init__(self, *, key: str = "k-693axxx6", secret: str = "", clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock=clock)
        self.key = key
        self.secret = secret
        self.taken: list[dict[str, Any]] = []
        self._times: list[float] = []

    @property
    def webhook(self) -> str:
        raise NotImplementedError

    def refusal(self, request: Request) -> tuple[int, str] | None:
        """Return the provider's code and words, or None where the message is taken."""
        raise NotImplementedError

    def handle(self, request: Request) -> Answer:
        refused = self.refusal(request)
        if refused is None:
            self.taken.append(json.loads(request.body))
        return self.said(*(refused or (0, "ok")))

    def said(self, code: int, words: str) -> Answer:
        return Answer({"errcode": code, "errmsg": words})

    def crowded(self) -> bool:
        """Tell whether this minute is full; count the message if not."""
        now = self.clock()
        self._times = [at for at in self._times if now - at < 60]
        if len(self._times) >= self.per_minute:
            return True
        self._times.append(now)
        return False

    @staticmethod
    def read(request: Request) -> dict[str, Any] | None:
        try:
            payload = json.loads(request.body.decode("utf-8"))
        except ValueError:
            return None
        return payload if isinstance(payload, dict) and not has_half_surrogate(payload) else None


class FakeWeCom(RobotFake):
    """WeCom developer documentation, paths 91770 (group robot) and 90313 (error codes)."""

    kind = "wecom"
    SIZES: Mapping[str, int] = {"text": 2048, "markdown": 4096}

    @property
    def webhook(self) -> str:
        return f"{self.url}/cgi-bin/webhook/send?key={self.key}"

    def refusal(self, request: Request) -> tuple[int, str] | None:
        if request.method != "POST":
            return 43002, "require POST method"
        if request.path != "/cgi-bin/webhook/send" or request.query.get("key") != [self.key]:
            return 93000, "invalid webhook url, hint: [1]"
        payload = self.read(request)
        if payload is None:
            return 40058, "invalid Request Parameter"
        kind = str(payload.get("msgtype"))
        if kind not in self.SIZES:
            return 40008, "invalid message type"
        part = payload.get(kind)
        content = part.get("content") if isinstance(part, dict) else None
        if not isinstance(content, str):
            return 40058, f"{kind}.content missing. invalid Request Parameter"
        if not content.strip():
            return 44004, "empty content"
        if len(content.encode()) > self.SIZES[kind]:
            return 40058, f"{kind}.content exceed max length {self.SIZES[kind]}. invalid Request Parameter"
        if self.crowded():
            return 45009, "api freq out of limit"
        return None


class FakeDingTalk(RobotFake):
    """DingTalk open platform, "custom robot access" and "custom robot security settings"."""

    kind = "dingtalk"

    def __init__(self, *, key: str = "k-566cc69d", secret: str = "", clock: Callable[[], float] = time.time) -> None:
        super().__init__(key=key, secret=secret, clock=clock)
        self.keywords: tuple[str, ...] = ()
        self._muted_until = 0.0

    @property
    def webhook(self) -> str:
        return f"{self.url}/robot/send?access_token={self.key}"

    def refusal(self, request: Request) -> tuple[int, str] | None:
        if request.method != "POST":
            return 43002, "require POST method"
        if request.media_type != "application/json":
            return 43004, "invalid http header content-type"
        if request.query.get("access_token") != [self.key]:
            return 300005, "token is not exist"
        if len(request.body) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        payload = self.read(request)
        if payload is None:
            return 40035, "invalid json"
        return self._insecure(request) or self._malformed(payload) or self._too_fast()

    def _insecure(self, request: Request) -> tuple[int, str] | None:
        if self.keywords and not any(word in request.body.decode() for word in self.keywords):
            return 310000, "keywords not in content"
        if not self.secret:
            return None
        stamp = request.query.get("timestamp", [""])[0]
        if not stamp.isdigit() or abs(int(stamp) / 1000 - self.clock()) > 3600:
            return 310000, "invalid timestamp"
        seal = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        # The query is unquoted once: a signature that was quoted twice does not match.
        if request.query.get("sign") != [base64.b64encode(seal).decode()]:
            return 310000, "sign not match"
        return None

    def _malformed(self, payload: dict[str, Any]) -> tuple[int, str] | None:
        needed = {"text": ("content",), "markdown": ("title", "text")}.get(str(payload.get("msgtype")))
        if needed is None:
            return 400105, "unsupported msgtype"
        part = payload.get(payload["msgtype"])
        for name in needed:
            if not isinstance(part, dict) or not isinstance(part.get(name), str) or not part[name].strip():
                return 40035, f"missing parameter {name}"
        return None

    def _too_fast(self) -> tuple[int, str] | None:
        if self.clock() < self._muted_until or self.crowded():
            self._muted_until = max(self._muted_until, self.clock() + 600)
            return 130101, "send too fast, exceed 20 times per minute"
        return None


class FakeFeishu(RobotFake):
    """Feishu open platform, "custom bot usage guide"; message cards as JSON 1.0."""

    kind = "feishu"
    per_minute = 100
    ELEMENTS = frozenset({"div", "hr", "action", "note", "markdown"})

    def __init__(self, *, key: str = "k-0a1b2c3d", secret: str = "", clock: Callable[[], float] = time.time) -> None:
        super().__init__(key=key, secret=secret, clock=clock)
        self.keywords: tuple[str, ...] = ()
        self._each_second = Bucket(5, 5, clock)

    @property
    def webhook(self) -> str:
        return f"{self.url}/open-apis/bot/v2/hook/{self.key}"

    def said(self, code: int, words: str) -> Answer:
        if code == 0:
            return Answer({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})
        return Answer({"code": code, "data": {}, "msg": words}, 400 if code == 9499 else 200)

    def refusal(self, request: Request) -> tuple[int, str] | None:
        if request.path != f"/open-apis/bot/v2/hook/{self.key}":
            return 19001, "param invalid: incoming webhook access token invalid"
        payload = self.read(request)
        if payload is None or len(request.body) > 20 * 1024:
            return 9499, "Bad Request"
        if self.secret and not self._signed(payload):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        if self.keywords and not any(word in request.body.decode() for word in self.keywords):
            return 19024, "Key Words Not Found"
        wrong = self._malformed(payload)
        if wrong:
            return 9499, f"Bad Request: {wrong}"
        if not self._each_second.take() or self.crowded():
            return 11232, "frequency limited"
        return None

    def _signed(self, payload: dict[str, Any]) -> bool:
        stamp = payload.get("timestamp")
        if not isinstance(stamp, str) or not stamp.isdigit() or abs(int(stamp) - self.clock()) > 3600:
            return False
        seal = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return payload.get("sign") == base64.b64encode(seal).decode()

    def _malformed(self, payload: dict[str, Any]) -> str | None:
        if payload.get("msg_type") == "text":
            text = payload.get("content", {}).get("text")
            return None if isinstance(text, str) and text else "content.text missing"
        if payload.get("msg_type") != "interactive":
            return "unknown msg_type"
        card = payload.get("card")
        if not isinstance(card, dict) or not isinstance(card.get("elements"), list) or not card["elements"]:
            return "params error, unknown card value"
        title = card.get("header", {}).get("title", {})
        if title.get("tag") != "plain_text" or not title.get("content"):
            return "header.title must be plain_text"
        return next(filter(None, map(self._wrong_element, card["elements"])), None)

    def _wrong_element(self, element: dict[str, Any]) -> str | None:
        tag = element.get("tag")
        if tag not in self.ELEMENTS:
            return f"unknown element {tag}"
        if tag == "div" and not (element.get("text", {}).get("content") or element.get("fields")):
            return "div without text"
        for action in element.get("actions", ()):
            if action.get("tag") != "button" or not action.get("text", {}).get("content"):
                return "action without text"
            if not str(action.get("url", "https://")).startswith(("http://", "https://")):
                return "invalid url"
        return None
