"""What the group robots have in common: one POST to a secret web address, the verdict in the body of the answer.

WeCom, DingTalk and Feishu answer HTTP 200 when they refuse, so only the body's own code counts as success.
The key inside the address is a secret: it stands in no failure, log or repr.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from monitor.core.errors import N_, Mistake
from monitor.core.sources import FailureKind
from monitor.gate.failure import GateFailure
from responders.channels.base import REPEAT_NOTE, DeliveryFailure, Message, Receipt, Tried, Try
from responders.channels.safe_text import cut, one_line

T = TypeVar("T")
NEVER_LEFT = (ConnectionRefusedError, socket.gaierror)
NOT_THROUGH = frozenset({FailureKind.BAD_URL, FailureKind.ADDRESS_REFUSED})
BEFORE_SENDING = frozenset({FailureKind.DNS, FailureKind.TLS})
NO_ANSWER = N_("The provider gave no answer. Check that this machine may reach it.")
NOT_ALLOWED = N_("The robot's address may not be reached from here. Copy it again, or allow it in the settings.")
UNREADABLE = N_("The provider's answer could not be read. Check that the address is the robot's and not a proxy's.")
ONLY_THE_WAY = N_("Only the way there was tried: a group robot cannot be asked anything without a message.")
TOO_FAST = N_("The group robot takes no more messages for now. Give less urgent messages another channel.")
# The providers have changed the code of this refusal before, its wording less often.
TOO_FAST_WORDS = re.compile(r"too (fast|many)|frequen|freq out of|rate limit", re.IGNORECASE)
SAID_LIMIT = 300


class BadWebhook(Mistake):
    """The address of a group robot is no web address."""

    message = N_(
        "The webhook of channel {channel} is no web address. Copy it again from the robot's page in the group."
    )


class Poster(Protocol):
    """The gate as a robot needs it."""

    def post_json(self, url: str, payload: object, *, timeout: float) -> tuple[int, bytes]:
        """Post `payload` as UTF-8 JSON and return status and body, whatever the status.

        `timeout` is in seconds and covers the whole exchange. Raise OSError where no answer came
        (ConnectionRefusedError and socket.gaierror only where the request never left), Mistake where the gate
        refuses the address, or GateFailure.
        """
        ...

    def reach(self, url: str, *, timeout: float) -> None:
        """Ask for a page and leave the answer unread; raise as `post_json` does."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider's error code means for us; seconds for `retry_after`, an English template for `remedy`.

    `permanent` and `final` as in DeliveryFailure.
    """

    permanent: bool = False
    retry_after: float | None = None
    final: bool = False
    remedy: str = ""


class Robot:
    """A group robot reached by webhook. Sub-classes say what to post, where, and how to read the answer."""

    can_reconcile = False
    per_minute: int | None = None
    code_keys: tuple[str, ...] = ("errcode",)
    said_keys: tuple[str, ...] = ("errmsg",)
    refusals: Mapping[int, Refusal] = {}
    throttled: Refusal = Refusal(retry_after=60.0, remedy=TOO_FAST)

    def __init__(
        self, *, name: str, url: str, poster: Poster, timeout: float = 10.0, repeat_note: str = REPEAT_NOTE
    ) -> None:
        if not url.startswith(("https://", "http://")):
            raise BadWebhook(channel=name)
        self.name = name
        self._url = url
        self._poster = poster
        self._timeout = timeout
        self._note = repeat_note

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def address(self) -> str:
        """Return the address to post to; signing robots add their signature."""
        return self._url

    def payload(self, message: Message, note: str) -> dict[str, object]:
        """Return the JSON to post, within the provider's limits."""
        raise NotImplementedError

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Post the message; raise DeliveryFailure unless the answer's body says that it was taken."""
        status, body = self._post(self.payload(message, self._note if attempt.may_repeat else ""))
        self._judge(status, body)
        return Receipt()

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: a group robot cannot read its group."""
        return None

    @property
    def way(self) -> str:
        """Name the robot; each is tried by itself."""
        return f"robot:{self.name}"

    def try_silently(self) -> Tried:
        """Look the provider's host up and connect to it, no more: whatever is posted rings the group."""
        parts = urlsplit(self._url)
        self._through(lambda: self._poster.reach(f"{parts.scheme}://{parts.netloc}/", timeout=self._timeout))
        return Tried(whole=False, note=ONLY_THE_WAY)

    def _post(self, payload: dict[str, object]) -> tuple[int, bytes]:
        return self._through(lambda: self._poster.post_json(self.address(), payload, timeout=self._timeout))

    def _through(self, call: Callable[[], T]) -> T:
        """Call; a failure is raised outside of the handler so that it carries no exception that knows the address."""
        try:
            return call()
        except Mistake as error:
            failure = DeliveryFailure(type(error).__name__, permanent=True, remedy=NOT_ALLOWED)
        except GateFailure as error:
            failure = _through_the_gate(error.kind)
        except OSError as error:
            left = not isinstance(error, NEVER_LEFT)
            failure = DeliveryFailure(type(error).__name__, may_have_arrived=left, remedy=NO_ANSWER)
        raise failure

    def _judge(self, status: int, body: bytes) -> None:
        answer = _read(body)
        code = _first(answer, self.code_keys)
        if not isinstance(code, int) or isinstance(code, bool):
            raise DeliveryFailure(
                f"HTTP {status}",
                retry_after=60.0 if status == 429 else None,
                may_have_arrived=not 400 <= status < 500,
                remedy=UNREADABLE,
            )
        if code == 0 and 200 <= status < 300:
            return
        said = cut(one_line(str(_first(answer, self.said_keys) or "")), SAID_LIMIT)
        refusal = self.meaning(code, said)
        raise DeliveryFailure(
            f"{code} {said}",
            permanent=refusal.permanent,
            final=refusal.final,
            retry_after=refusal.retry_after,
            may_have_arrived=code == 0,
            remedy=refusal.remedy,
        )

    def meaning(self, code: int, said: str) -> Refusal:
        """Return what the code means; one that is not in the list may pass, so it is tried again."""
        if code not in self.refusals and TOO_FAST_WORDS.search(said):
            return self.throttled
        return self.refusals.get(code, Refusal())


def _through_the_gate(kind: FailureKind) -> DeliveryFailure:
    """Return the failure of a request that the gate could not make; its detail may hold the address and is left out."""
    refused = kind in NOT_THROUGH
    return DeliveryFailure(
        kind.value,
        permanent=refused,
        may_have_arrived=not refused and kind not in BEFORE_SENDING,
        remedy=NOT_ALLOWED if refused else NO_ANSWER,
    )


def _read(body: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _first(answer: Mapping[str, object], keys: tuple[str, ...]) -> object:
    return next((answer[key] for key in keys if key in answer), None)


def json_size(payload: object) -> int:
    """Return the bytes of `payload` as JSON, in the longer of the two ways to write it (with \\u escapes)."""
    return len(json.dumps(payload))
