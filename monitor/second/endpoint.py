"""Ask an OpenAI-compatible endpoint (`base_url`/chat/completions) once; every failure is an outcome with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from monitor.core.second.opinion import Prompt, Reply, RequestOutcome, Shown
from monitor.core.sources import FailureKind
from monitor.core.text import storable
from monitor.gate import Answer, Gate, GateFailure, retry_after
from monitor.second.answer import UnreadableAnswer, opinion_of
from monitor.second.asking import Dialect, cut, payload, simpler

LONGEST_BODY = 128 * 1024
MOST_SAID = 300
STATUSES: Mapping[int, RequestOutcome] = {
    401: RequestOutcome.NO_ACCESS,
    402: RequestOutcome.NO_ACCESS,
    403: RequestOutcome.NO_ACCESS,
    407: RequestOutcome.NO_ACCESS,
    404: RequestOutcome.NOT_THERE,
    405: RequestOutcome.NOT_THERE,
    410: RequestOutcome.NOT_THERE,
    408: RequestOutcome.TIMEOUT,
    429: RequestOutcome.THROTTLED,
}
# The item may have been read where the connection broke off later.
FAILURES: Mapping[FailureKind, RequestOutcome] = {
    FailureKind.TIMEOUT: RequestOutcome.TIMEOUT,
    FailureKind.PROTOCOL: RequestOutcome.SERVER_ERROR,
    FailureKind.BAD_ENCODING: RequestOutcome.SERVER_ERROR,
}
# An endpoint that has understood us means the item when it complains, unless it does so again and again.
PATIENCE = 3
# Older servers answer a form that they do not know with 500 and these words.
UNKNOWN_FORM = ("response_format", "json_schema", "grammar")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Envelope(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class Endpoint:
    """One endpoint and model. It remembers which form of answer the endpoint understands, and nothing else."""

    def __init__(self, gate: Gate, *, base_url: str, model: str, key: str, seconds: float, prompt: Prompt) -> None:
        self.host = urlsplit(base_url).netloc
        self.model = model
        self.prompt = prompt
        self.seconds = seconds
        self._gate = gate
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._key = key
        self._dialect = Dialect()
        self._refusals = PATIENCE

    def ask(self, shown: Shown, now: datetime) -> Reply:
        """Ask about an item, in one request of at most `seconds`; `now` is when its answer comes, for Retry-After.

        FORM_UNKNOWN means that the next request will ask in a simpler form. Raise nothing for what the endpoint does.
        """
        body = json.dumps(payload(self.prompt, self.model, cut(shown), self._dialect), ensure_ascii=False)
        headers = {"accept": "application/json"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        try:
            answer = self._gate.post(
                self._url,
                body.encode("utf-8"),
                headers=headers,
                total_seconds=self.seconds,
                longest_body=LONGEST_BODY,
            )
        except GateFailure as failure:
            outcome = FAILURES.get(failure.kind, RequestOutcome.UNREACHED)
            return Reply(outcome=outcome, said=self._line(str(failure)), elapsed=failure.elapsed)
        reply = self._read(answer)
        return Reply(
            outcome=reply.outcome,
            opinion=reply.opinion,
            said=self._line(reply.said),
            status=answer.status,
            retry_after=retry_after(answer.headers.get("retry-after", ""), now),
            elapsed=answer.elapsed,
        )

    def _read(self, answer: Answer) -> Reply:
        if answer.status != 200:
            return self._refused(answer)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            return Reply(outcome=RequestOutcome.NOT_AN_API, said=f"Content-Type: {kind}")
        if answer.cut:
            return Reply(outcome=RequestOutcome.TOO_LARGE, said=f"more than {LONGEST_BODY} bytes")
        try:
            choice = _Envelope.model_validate_json(answer.body).choices[0]
        except ValidationError:
            return Reply(outcome=RequestOutcome.NOT_AN_API, said=_text(answer))
        self._refusals = 0
        return self._told(choice)

    def _told(self, choice: _Choice) -> Reply:
        if choice.message.refusal or choice.finish_reason == "content_filter":
            said = choice.message.refusal or "content_filter"
            return Reply(outcome=RequestOutcome.DECLINED, said=said)
        if choice.finish_reason == "length":
            return Reply(outcome=RequestOutcome.CUT_SHORT, said="finish_reason: length")
        content = choice.message.content or ""
        try:
            opinion = opinion_of(content, self.prompt.kinds)
        except UnreadableAnswer as unreadable:
            said = f"{unreadable} | {content[:MOST_SAID]}" if content else "no content"
            return Reply(outcome=RequestOutcome.UNREADABLE, said=said)
        return Reply(outcome=RequestOutcome.ANSWERED, opinion=opinion)

    def _refused(self, answer: Answer) -> Reply:
        """Read an answer that is not 200; a complaint about the request itself makes the next one simpler."""
        status, said = answer.status, f"HTTP {answer.status} {_text(answer)}"
        if 300 <= status < 400:
            return Reply(outcome=RequestOutcome.REDIRECTED, said=f"HTTP {status} {answer.headers.get('location', '')}")
        if status in STATUSES:
            return Reply(outcome=STATUSES[status], said=said)
        about_form = status == 500 and any(word in said for word in UNKNOWN_FORM)
        if status not in (400, 415, 422, 501) and not about_form:
            outcome = RequestOutcome.SERVER_ERROR if status >= 500 else RequestOutcome.NOT_ACCEPTED
            return Reply(outcome=outcome, said=said)
        self._refusals += 1
        if self._refusals <= PATIENCE:
            return Reply(outcome=RequestOutcome.NOT_ACCEPTED, said=said)
        following = simpler(self._dialect, said)
        self._dialect = following or Dialect()
        outcome = RequestOutcome.FORM_UNKNOWN if following else RequestOutcome.NOT_ACCEPTED
        return Reply(outcome=outcome, said=said)

    def _line(self, said: str) -> str:
        """Return what was said on one short line, without the key where a server repeats it."""
        hushed = said.replace(self._key, "…") if self._key else said
        return " ".join(storable(hushed).split())[:MOST_SAID]


def _text(answer: Answer) -> str:
    return answer.body[: 4 * MOST_SAID].decode("utf-8", "replace")
