"""Slack: one card an incident, kept up to date, and each alert in the card's thread.

Every message carries its key as metadata, so that after a crash Slack itself can be asked what arrived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from monitor.core.errors import N_, Mistake
from responders.channels.base import REPEAT_NOTE, Card, DeliveryFailure, Message, Receipt, Tone, Tried, Try
from responders.channels.layout import Parts, parts
from responders.channels.safe_text import cut, visible
from responders.channels.slack_blocks import (
    FALLBACK_LIMIT,
    blocks,
    escape,
    escaped_size,
    fallback,
    mention,
    paragraphs,
    section,
)
from responders.channels.slack_refusals import (
    ARCHIVED,
    CONTENT,
    GONE,
    INVITE,
    UNREACHABLE,
    SlackRefusal,
    refused,
    unanswered,
)

EVENT = "huiying_alert"
PAGE = 200
PAGES = 20
CLOCK_SKEW = timedelta(minutes=2)


class BadSlackChannel(Mistake):
    """A Slack channel is named, not identified; names can be written to but neither read nor updated."""

    message = N_("{channel} is no Slack channel ID. Copy the ID (C… or G…) from the bottom of the channel's details.")


class _Client(WebClient):
    """The SDK's client, but an answer of 4xx or 5xx is closed once read; the SDK leaves that to the collector."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        try:
            return super()._perform_urllib_http_request_internal(url, req)
        except HTTPError as answer:
            with answer:
                body = answer.read().decode("utf-8", "replace")
            return {"status": answer.code, "headers": answer.headers, "body": body}


class Slack:
    """One Slack channel, written to by a bot with chat:write and the history scope of the channel's kind."""

    can_reconcile = True

    def __init__(
        self,
        *,
        name: str,
        token: str,
        channel: str,
        base_url: str = WebClient.BASE_URL,
        timeout: int = 15,
        proxy: str | None = None,
        broadcast: frozenset[Tone] = frozenset(),
        repeat_note: str = REPEAT_NOTE,
        buttons: bool = False,
    ) -> None:
        if not re.fullmatch(r"[CDG][A-Z0-9]{2,}", channel):
            raise BadSlackChannel(channel=channel)
        self.name = name
        self._channel = channel
        self._broadcast = broadcast
        self._note = repeat_note
        # Only where somebody hears them: pressed, they would show an error otherwise.
        self.buttons = buttons
        # The SDK's own retry after a lost connection could post twice.
        self.client = _Client(token=token, base_url=base_url, timeout=timeout, proxy=proxy, retry_handlers=[])

    def __repr__(self) -> str:
        return f"Slack({self.name!r}, {self._channel!r})"

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Post the alert, in the thread of its card where it has one; the card is posted or brought up to date first.

        A DeliveryFailure after the card carries the card's reference.
        """
        said = self._parts(message, note=self._note if attempt.may_repeat else "")
        whom = message.to
        if message.card is None:
            return Receipt(provider_id=self._post(said, message.tone, key=message.key, part="alert", whom=whom))
        card_ts, is_new = self._show(message.card, attempt)
        card_ref = f"{self._channel}:{card_ts}"
        loud = message.tone in self._broadcast and not is_new
        try:
            ts = self._post(
                said,
                message.tone,
                key=message.key,
                part="alert",
                whom=whom,
                thread_ts=card_ts,
                reply_broadcast=loud or None,
            )
        except DeliveryFailure as failure:
            failure.card_ref = card_ref
            raise
        return Receipt(provider_id=ts, card_ref=card_ref)

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return the receipt of an earlier attempt that arrived since `attempt.since`, or None."""
        oldest = _oldest(attempt.since)
        top = self._keys(self.client.conversations_history, oldest=oldest)
        cards = [_ts_of(attempt.card_ref)]
        if message.card is not None:
            cards.insert(0, top.get(("card", message.card.key)))
        known = list(dict.fromkeys(ts for ts in cards if ts))
        # A reply stands at the top where its card was deleted meanwhile.
        arrived = top.get(("alert", message.key))
        for card_ts in known:
            arrived = arrived or self._in_thread(card_ts, oldest).get(("alert", message.key))
        if arrived is None:
            return None
        return Receipt(provider_id=arrived, card_ref=f"{self._channel}:{known[0]}" if known else None)

    @property
    def way(self) -> str:
        """Name the channel; each is tried by itself."""
        return f"slack:{self._channel}"

    def try_silently(self) -> Tried:
        """Ask whether the token is right and the channel is there, open and joined; nobody sees that."""
        self.call(self.client.auth_test)
        try:
            found = self.call(self.client.conversations_info).get("channel") or {}
        except SlackRefusal as refusal:
            if refusal.error != "missing_scope":
                raise
            # To read its latest message shows the same, with the right that reconciling needs anyway.
            self.call(self.client.conversations_history, limit=1)
            return Tried()
        if found.get("is_archived"):
            raise DeliveryFailure("is_archived", permanent=True, remedy=ARCHIVED)
        if found.get("is_member") is False:
            raise DeliveryFailure("not_in_channel", permanent=True, remedy=INVITE)
        return Tried()

    def show(self, card: Card, attempt: Try) -> str:
        """Bring the card up to date and return where it stands: elsewhere than before where it was deleted."""
        return f"{self._channel}:{self._show(card, attempt)[0]}"

    def note(self, key: str, text: str, card_ref: str, *, since: datetime | None = None) -> None:
        """Put a line into the thread of a card, unless an attempt since `since` did."""
        card_ts = str(_ts_of(card_ref))
        if since is not None and ("history", key) in self._in_thread(card_ts, _oldest(since)):
            return
        self.call(
            self.client.chat_postMessage,
            text=escape(cut(visible(text), FALLBACK_LIMIT, size=escaped_size)),
            blocks=paragraphs(text),
            thread_ts=card_ts,
            metadata=_metadata(key, "history"),
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )

    def _show(self, card: Card, attempt: Try) -> tuple[str, bool]:
        """Bring the card up to date, or post it where there is none yet or none any more; tell whether it is new."""
        said = self._parts(card)
        for known in self._standing(card, attempt):
            try:
                self._write(self.client.chat_update, said, card.tone, ts=known, metadata=_metadata(card.key, "card"))
            except SlackRefusal as refusal:
                if refusal.error not in GONE:
                    raise
            else:
                return known, False
        return self._post(said, card.tone, key=card.key, part="card"), True

    def _parts(self, said: Message | Card, note: str = "") -> Parts:
        whole = parts(said, note=note)
        return whole if self.buttons else replace(whole, buttons=())

    def _standing(self, card: Card, attempt: Try) -> Iterator[str]:
        """Yield where the card may stand: where the caller knows it, and where an earlier attempt may have put it."""
        known = _ts_of(attempt.card_ref)
        if known is not None:
            yield known
        later = self._card_since(attempt.since, card.key)
        if later not in (None, known):
            yield str(later)

    def _card_since(self, since: datetime | None, key: str) -> str | None:
        """Return the card that an earlier attempt may have posted; a bot that may not read posts another."""
        if since is None:
            return None
        try:
            return self._keys(self.client.conversations_history, oldest=_oldest(since)).get(("card", key))
        except SlackRefusal as refusal:
            if not refusal.permanent:
                raise
        return None

    def _post(self, said: Parts, tone: Tone, *, key: str, part: str, whom: str = "", **where: Any) -> str:
        answer = self._write(
            self.client.chat_postMessage,
            said,
            tone,
            whom=whom,
            metadata=_metadata(key, part),
            unfurl_links=False,
            unfurl_media=False,
            **where,
        )
        if "ts" not in answer:
            raise DeliveryFailure("unreadable", may_have_arrived=True, remedy=UNREACHABLE)
        return str(answer["ts"])

    def _write(
        self, method: Callable[..., SlackResponse], said: Parts, tone: Tone, *, whom: str = "", **arguments: Any
    ) -> Mapping[str, Any]:
        """Post or update; where Slack refuses the blocks, an alert without layout is better than none."""
        text, shown = fallback(said, tone), blocks(said, tone)
        if whom:
            text, shown = f"{mention(whom)} {text}", [section(mention(whom)), *shown]
        try:
            return self.call(method, text=text, blocks=shown, parse="none", **arguments)
        except SlackRefusal as refusal:
            if refusal.error not in CONTENT:
                raise
        return self.call(method, text=text, parse="none", **arguments)

    def _in_thread(self, card_ts: str, oldest: str | None) -> dict[tuple[str, str], str]:
        try:
            return self._keys(self.client.conversations_replies, ts=card_ts, oldest=oldest)
        except SlackRefusal as refusal:
            if refusal.error == "thread_not_found":
                return {}
            raise

    def _keys(self, method: Callable[..., SlackResponse], **arguments: Any) -> dict[tuple[str, str], str]:
        """Return the timestamps of our messages by part and key."""
        found: dict[tuple[str, str], str] = {}
        for message in self._pages(method, **arguments):
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT and "key" in payload:
                found.setdefault((payload.get("part", "alert"), payload["key"]), message["ts"])
        return found

    def _pages(self, method: Callable[..., SlackResponse], **arguments: Any) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        for _ in range(PAGES):
            answer = self.call(
                method, cursor=cursor, limit=PAGE, inclusive=True, include_all_metadata=True, **arguments
            )
            yield from answer.get("messages", ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def call(self, method: Callable[..., SlackResponse], **arguments: Any) -> Mapping[str, Any]:
        """Call Slack; raise SlackRefusal for its errors and DeliveryFailure where no readable answer came."""
        # The SDK lets through what its JSON reading and decoding raise: AttributeError where the answer is a list.
        try:
            answer = method(channel=self._channel, **arguments).data
        except SlackApiError as error:
            failure: DeliveryFailure = refused(error.response)
        except (OSError, HTTPException, SlackClientError, ValueError, LookupError, AttributeError) as error:
            failure = unanswered(error)
        else:
            if isinstance(answer, dict):
                return answer
            failure = DeliveryFailure("unreadable", may_have_arrived=True, remedy=UNREACHABLE)
        raise failure


def _metadata(key: str, part: str) -> dict[str, object]:
    return {"event_type": EVENT, "event_payload": {"key": key, "part": part}}


def _ts_of(card_ref: str | None) -> str | None:
    return card_ref.rpartition(":")[2] if card_ref else None


def _oldest(since: datetime | None) -> str | None:
    return None if since is None else f"{(since - CLOCK_SKEW).timestamp():.6f}"
