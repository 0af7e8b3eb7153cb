"""Listen to Bluesky over a Jetstream server: a web socket of JSON texts (https://github.com/bluesky-social/jetstream).

A cursor is a moment in microseconds of that server's clock. It is taken up some seconds earlier, as its makers advise;
what comes twice is one piece.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from monitor.core.fetched import DropReason
from monitor.core.sources import FailureKind, Source, StreamRule, failure_of
from monitor.core.streams import Act, is_number
from monitor.crawl.raw import RawEntry
from monitor.crawl.streams import Look, Message, StreamFailure
from monitor.gate import Gate, GateFailure, Standing
from monitor.gate.web_socket import web_socket

POSTS = "app.bsky.feed.post"
OVERLAP_US = 5_000_000
# Of posts all over the world none came for so long, or the server did not answer our ping.
SILENT_FOR, PING_EVERY, UNANSWERED = 60.0, 20.0, 45.0
CONNECT, WRITE, LOOK = 10.0, 5.0, 0.5
MOST_BYTES = 200_000
# The server keeps a day or so: what begins later than asked for was lost in between.
GAP_US = 120_000_000
ACTS = {"create": Act.POSTED, "update": Act.EDITED, "delete": Act.WITHDRAWN}


def follow(gate: Gate, source: Source, cursor: str, look: Look) -> Iterator[Message]:
    """Yield what is posted, from `cursor` on, until the server ends it; raise GateFailure, StreamFailure."""
    cursor = cursor if is_number(cursor) else ""
    upgraded = web_socket(gate, address(source, cursor), seconds=CONNECT)
    if upgraded.standing is None:
        status = upgraded.answer.status
        raise StreamFailure(failure_of(status) or FailureKind.PROTOCOL, f"HTTP {status}")
    rule = source.stream_rule or StreamRule()
    socket = _Socket(upgraded.standing)
    first = bool(cursor)
    try:
        yield Message(act=Act.OPENED)
        for text in socket.texts(look, everybody=not rule.accounts):
            message = _message(text)
            if first and message.cursor:
                first = False
                if int(message.cursor) - int(cursor) > GAP_US:
                    yield Message(act=Act.LEFT_OUT, reason=DropReason.GAP, detail=f"{cursor} … {message.cursor}")
            yield message
    finally:
        socket.close()


def address(source: Source, cursor: str) -> str:
    """Return where to listen: posts only, of certain accounts where they are named, from before `cursor` on."""
    rule = source.stream_rule or StreamRule()
    asked = [("wantedCollections", POSTS), ("maxMessageSizeBytes", str(MOST_BYTES))]
    asked += [("wantedDids", account) for account in rule.accounts]
    asked += [("cursor", str(max(0, int(cursor) - OVERLAP_US)))] if is_number(cursor) else []
    return f"{source.url}?{urlencode(asked)}"


class _Socket:
    """One web socket, of which the texts are read."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._ws = Connection(ConnectionType.CLIENT)
        self._heard_at = self._asked_at = self._pong_at = time.monotonic()
        self._part: list[str] = []
        self._size = 0

    def texts(self, look: Look, *, everybody: bool) -> Iterator[str]:
        """Yield whole texts; raise StreamFailure or GateFailure where no more will come."""
        try:
            while self._ws.state is ConnectionState.OPEN:
                look()
                came = self._standing.read(LOOK)
                if came is not None:
                    self._ws.receive_data(came or None)
                    for event in self._ws.events():
                        yield from self._take(event)
                # Last: however long we were busy, what lies there already is no silence.
                self._ask(everybody=everybody)
        except (RemoteProtocolError, LocalProtocolError) as error:
            raise StreamFailure(FailureKind.PROTOCOL, type(error).__name__) from None

    def close(self) -> None:
        """Say goodbye where that is still possible, and close."""
        with suppress(GateFailure, LocalProtocolError):
            if self._ws.state is ConnectionState.OPEN:
                goodbye = self._ws.send(CloseConnection(code=CloseReason.NORMAL_CLOSURE))
                self._standing.write(goodbye, LOOK)
        self._standing.close()

    def _ask(self, *, everybody: bool) -> None:
        now = time.monotonic()
        if everybody and now - self._heard_at > SILENT_FOR:
            raise StreamFailure(FailureKind.TIMEOUT, f"{self._standing.host}: silent for {SILENT_FOR:g} s")
        if self._asked_at > self._pong_at and now - self._pong_at > UNANSWERED:
            raise StreamFailure(FailureKind.TIMEOUT, f"{self._standing.host}: pings are not answered")
        if now - self._asked_at > PING_EVERY:
            self._asked_at = now
            self._standing.write(self._ws.send(Ping(b"huiying")), WRITE)

    def _take(self, event: object) -> Iterator[str]:
        match event:
            case Ping():
                self._standing.write(self._ws.send(event.response()), WRITE)
            case Pong():
                self._pong_at = time.monotonic()
            case TextMessage():
                self._heard_at = self._pong_at = time.monotonic()
                # An empty one takes room as well.
                self._size += len(event.data) + 1
                if self._size > MOST_BYTES * 2:
                    raise StreamFailure(FailureKind.TOO_LARGE, f"{self._standing.host}: > {MOST_BYTES * 2}")
                self._part.append(event.data)
                if event.message_finished:
                    whole, self._part, self._size = "".join(self._part), [], 0
                    yield whole
                    # However long that took us: the server was not silent.
                    self._heard_at = self._pong_at = time.monotonic()
            case BytesMessage():
                raise StreamFailure(FailureKind.PROTOCOL, f"{self._standing.host}: bytes")
            case CloseConnection():
                said = f"{self._standing.host}: closed {int(event.code)} {(event.reason or '')[:100]}".strip()
                if self._ws.state is ConnectionState.REMOTE_CLOSING:
                    self._standing.write(self._ws.send(event.response()), WRITE)
                raise StreamFailure(FailureKind.PROTOCOL, said)


def _message(text: str) -> Message:
    """Return what a text says; changes of accounts and other collections are passed over."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        return Message(act=Act.LEFT_OUT, reason=DropReason.BROKEN, detail=text[:100])
    at = event.get("time_us")
    cursor = str(at) if isinstance(at, int) and not isinstance(at, bool) and at > 0 else ""
    commit = event.get("commit")
    if not isinstance(commit, dict) or _text(commit, "collection") != POSTS:
        return Message(act=Act.PASSED, cursor=cursor)
    did, key, act = _text(event, "did"), _text(commit, "rkey"), ACTS.get(_text(commit, "operation"))
    if act is None or not did or not key:
        return Message(act=Act.PASSED, cursor=cursor)
    name = f"at://{did}/{POSTS}/{key}"
    if act is Act.WITHDRAWN:
        return Message(act=act, id=name, cursor=cursor)
    record = commit.get("record")
    if not isinstance(record, dict):
        return Message(act=Act.LEFT_OUT, cursor=cursor, reason=DropReason.NO_CONTENT, detail=name[:300])
    languages = record.get("langs")
    said = "\n".join(part for part in (_text(record, "text"), *_embedded(record.get("embed"))) if part)
    entry = RawEntry(
        link=f"https://bsky.app/profile/{did}/post/{key}",
        external_id=name,
        text=said.replace("&", "&amp;").replace("<", "&lt;"),
        time=_text(record, "createdAt"),
        author=did,
    )
    spoken = tuple(one for one in languages if isinstance(one, str)) if isinstance(languages, list) else ()
    return Message(
        act=act, id=name, entry=entry, cursor=cursor, languages=spoken[:10], revision=_text(commit, "rev") or cursor
    )


def _embedded(embed: object) -> Iterator[str]:
    """Yield what a post shows beside its own words: the linked page, what is said of pictures."""
    if not isinstance(embed, dict):
        return
    media = embed.get("media")
    yield from _embedded(media) if isinstance(media, dict) and "media" not in media else ()
    page = embed.get("external")
    if isinstance(page, dict):
        yield from (_text(page, "title"), _text(page, "description"))
    images = embed.get("images")
    for image in images if isinstance(images, list) else ():
        if isinstance(image, dict):
            yield _text(image, "alt")


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
