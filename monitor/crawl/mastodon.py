"""Listen to a Mastodon server: server-sent events, and what was posted while nobody listened over REST.

The stream is opened first and what was missed is asked for then, so that nothing falls between the two; what comes
twice is one piece. See https://docs.joinmastodon.org/methods/streaming and /methods/timelines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from monitor.core.fetched import DropReason
from monitor.core.sources import FailureKind, Source, StreamRule, Timeline, failure_of
from monitor.core.streams import Act, is_newer, is_number
from monitor.crawl.events import Event, EventReader
from monitor.crawl.plain import plain, plain_line
from monitor.crawl.raw import RawEntry
from monitor.crawl.streams import Look, Message, StreamFailure
from monitor.gate import Answer, Gate, retry_after

# The server sends a comment every 15 seconds.
SILENT_FOR = 60.0
PAGE, MOST_PAGES = 40, 200
# A post of another server may come late, with an id of the moment at which it was written.
OVERLAP_MS, SNOWFLAKE = 10 * 60 * 1000, 10**15
LONGEST_ANSWER = 4_000_000
STREAMS: Mapping[Timeline, str] = {
    Timeline.PUBLIC: "public",
    Timeline.LOCAL: "public/local",
    Timeline.REMOTE: "public/remote",
    Timeline.HASHTAG: "hashtag",
    Timeline.HOME: "user",
}


def follow(gate: Gate, source: Source, token: str, cursor: str, look: Look, now: datetime) -> Iterator[Message]:
    """Yield what is posted, from `cursor` on, until the server ends it; raise GateFailure, StreamFailure."""
    rule = source.stream_rule or StreamRule()
    headers = _headers(source, token)
    url = f"{_streaming(gate, source, rule, now)}/api/v1/streaming/{STREAMS[rule.timeline]}"
    url += "?" + urlencode({"tag": rule.tag}) if rule.timeline is Timeline.HASHTAG else ""
    streamed = gate.stream(
        url, headers={**headers, "accept": "text/event-stream"}, tls=source.tls, idle_seconds=SILENT_FOR
    )
    if streamed.flow is None:
        raise _refused(streamed.answer, now)
    try:
        kind = streamed.answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/event-stream":
            raise StreamFailure(FailureKind.UNREADABLE, f"Content-Type: {kind[:80]}")
        yield Message(act=Act.OPENED)
        for message in caught_up(gate, source, token, cursor, now):
            yield message
            look()
        reader = EventReader()
        for part in streamed.flow.parts(look):
            for event in reader.feed(part):
                yield _message(source, event)
    finally:
        streamed.flow.close()


def caught_up(gate: Gate, source: Source, token: str, cursor: str, now: datetime) -> Iterator[Message]:
    """Yield what was posted since `cursor`, the oldest first; the newest page only where there is none."""
    since = overlapped(cursor)
    for number in range(MOST_PAGES):
        statuses = _page(gate, source, token, since, now)
        for status in sorted(statuses, key=lambda one: (len(_text(one, "id")), _text(one, "id"))):
            yield replace(message_of(source, status, Act.POSTED), late=bool(cursor))
        ids = [_text(status, "id") for status in statuses]
        newest = max(ids, key=lambda one: (len(one), one), default="")
        # A short page need not be the last one: servers give out fewer than are asked for.
        if not cursor or not is_newer(newest, since):
            return
        since = newest
        if number == MOST_PAGES - 1:
            yield Message(act=Act.LEFT_OUT, reason=DropReason.GAP, detail=f"{since} …")


def overlapped(cursor: str) -> str:
    """Return a cursor of some minutes earlier where its form tells the time (milliseconds, then 16 bits)."""
    if not is_number(cursor) or int(cursor) < SNOWFLAKE:
        return cursor
    return str(int(cursor) - (OVERLAP_MS << 16))


def message_of(source: Source, status: Mapping[str, Any], act: Act) -> Message:
    """Return what a status says; a boost is the post that it passes on, with who did."""
    cursor = _text(status, "id") if act is Act.POSTED else ""
    passed_on = status.get("reblog")
    said = passed_on if isinstance(passed_on, dict) else status
    if _text(said, "visibility") not in ("public", "unlisted", ""):
        return Message(act=Act.LEFT_OUT, cursor=cursor, reason=DropReason.NOT_PUBLIC)
    author = _author(source, said)
    if said is not status:
        author = f"{author} ↻ {_author(source, status)}"
    warning, content = plain_line(_text(said, "spoiler_text")), plain(_text(said, "content"))
    text = "\n".join(part for part in (warning, content, *_pictures(said)) if part)
    first = content.partition("\n")[0]
    shared = said.get("reblogs_count")
    entry = RawEntry(
        title=plain_line(f"{warning} {first}" if warning and first else warning or first, longest=80),
        link=_text(said, "url") or _text(said, "uri"),
        external_id=_text(said, "id"),
        text=text.replace("&", "&amp;").replace("<", "&lt;"),
        time=_text(said, "created_at"),
        heat=str(shared) if isinstance(shared, int) and shared > 0 else "",
        author=author,
    )
    language = _text(said, "language")
    return Message(
        act=act,
        id=_text(said, "id"),
        entry=entry,
        cursor=cursor,
        languages=(language,) if language else (),
        revision=_text(said, "edited_at"),
    )


def _message(source: Source, event: Event) -> Message:
    """Return what an event says; those that tell of no post are passed over."""
    if event.data is None:
        return Message(act=Act.LEFT_OUT, reason=DropReason.BROKEN, detail=f"{event.name}: too long")
    if event.name == "delete":
        return Message(act=Act.WITHDRAWN, id=event.data.strip()[:200])
    act = {"update": Act.POSTED, "status.update": Act.EDITED}.get(event.name)
    if act is None:
        return Message(act=Act.PASSED)
    try:
        status = json.loads(event.data)
    except (ValueError, RecursionError):
        status = None
    if not isinstance(status, dict):
        return Message(act=Act.LEFT_OUT, reason=DropReason.BROKEN, detail=event.data[:100])
    return message_of(source, status, act)


def _page(gate: Gate, source: Source, token: str, since: str, now: datetime) -> list[Mapping[str, Any]]:
    rule = source.stream_rule or StreamRule()
    path = {Timeline.HOME: "home", Timeline.HASHTAG: f"tag/{quote(rule.tag, safe='')}"}.get(rule.timeline, "public")
    asked = {"limit": str(PAGE)} | ({"min_id": since} if since else {})
    asked |= {rule.timeline.value: "true"} if rule.timeline in (Timeline.LOCAL, Timeline.REMOTE) else {}
    url = f"{source.url.rstrip('/')}/api/v1/timelines/{path}?{urlencode(asked)}"
    answer = gate.get(url, headers=_headers(source, token), tls=source.tls, longest_body=LONGEST_ANSWER)
    if answer.status != 200:
        raise _refused(answer, now)
    found = _json(answer)
    if not isinstance(found, list):
        raise StreamFailure(FailureKind.NOT_JSON, url[:200])
    return [status for status in found if isinstance(status, dict)]


def _streaming(gate: Gate, source: Source, rule: StreamRule, now: datetime) -> str:
    """Return where the server streams; another host than its own, or one below it, is not given the token."""
    if rule.streaming:
        return rule.streaming.rstrip("/")
    answer = gate.get(f"{source.url.rstrip('/')}/api/v2/instance", tls=source.tls, longest_body=LONGEST_ANSWER)
    if answer.status == 429:
        raise _refused(answer, now)
    found = _json(answer) if answer.status == 200 else None
    for key in ("configuration", "urls", "streaming"):
        found = found.get(key) if isinstance(found, dict) else None
    return _near(source.url.rstrip("/"), str(found or "").rstrip("/"))


def _near(here: str, named: str) -> str:
    """Return the address of a streaming server that is named; one of another host is not used."""
    scheme, _, rest = named.partition("://")
    try:
        ours, theirs = urlsplit(here), urlsplit(f"x://{rest}")
    except ValueError:
        return here
    near = theirs.hostname and (theirs.hostname == ours.hostname or theirs.hostname.endswith(f".{ours.hostname}"))
    return f"{ours.scheme}://{rest}" if scheme == ours.scheme.replace("http", "ws") and near else here


def _headers(source: Source, token: str) -> dict[str, str]:
    return dict(source.headers) | ({"authorization": f"Bearer {token}"} if token else {})


def _refused(answer: Answer, now: datetime) -> StreamFailure:
    kind = FailureKind.REDIRECT if 300 <= answer.status < 400 else failure_of(answer.status) or FailureKind.UNREADABLE
    detail = f"HTTP {answer.status} {answer.headers.get('location', '')[:200]}".strip()
    asked = retry_after(answer.headers.get("retry-after", ""), now)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if asked is None and kind is FailureKind.RATE_LIMITED and reset:
        asked = _until(reset, now)
    return StreamFailure(kind, detail, asked)


def _until(moment: str, now: datetime) -> timedelta | None:
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _author(source: Source, status: Mapping[str, Any]) -> str:
    account = status.get("account")
    name = _text(account, "acct") if isinstance(account, dict) else ""
    return f"@{name}" if not name or "@" in name else f"@{name}@{urlsplit(source.url).hostname}"


def _pictures(status: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said of pictures, and the title of a page that is linked: often all that a post says."""
    attached = status.get("media_attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict):
            yield plain(_text(one, "description"))
    card = status.get("card")
    if isinstance(card, dict):
        yield plain_line(_text(card, "title"))


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
