"""Fetch one source: ask whether it changed, decode, read, and hand back entries that are ready to be stored.

    Source + Validators -> Gate -> status -> unchanged? -> decode -> feed | list | api -> entries
                             |        |                       |            |
                             +--------+---- FailureKind ------+------------+

`crawl` never raises for what a server does; every failure is a value with a reason. It neither knows the database nor
the clock: the caller brings the validators of the last fetch and the moment `now`, and stores what comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

from monitor.core.fetched import Fetched, Outcome, Validators
from monitor.core.freshness import max_age
from monitor.core.sources import FailureKind, Source, SourceKind, failure_of
from monitor.crawl.apis import read_api
from monitor.crawl.blocked import blocked, plainly_blocked
from monitor.crawl.decode import Decoded, decode_answer
from monitor.crawl.entries import addresses, marked, marks_of, ready
from monitor.crawl.familiar import NOTHING, Marks
from monitor.crawl.feeds import read_feed
from monitor.crawl.hubs import hub_link
from monitor.crawl.lists import read_list
from monitor.crawl.raw import RawDocument, Unreadable
from monitor.gate import Answer, Gate, GateFailure, Refuses, retry_after

LIED = "the server said 304 of a page that had changed; from now on it is asked in full"
ANYWHERE: AbstractContextManager[object] = nullcontext()
LONGEST_BODY = 8 * 1024 * 1024
ACCEPT: Mapping[SourceKind, str] = {
    SourceKind.FEED: "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
    SourceKind.RSSHUB: "application/rss+xml, application/xml;q=0.9, */*;q=0.5",
    SourceKind.LIST: "text/html, application/xhtml+xml, */*;q=0.5",
    SourceKind.API: "application/json, text/plain, */*;q=0.5",
    # Never fetched: it has no address, which the gate says.
    SourceKind.PUSH: "*/*",
    # Never fetched either: they are listened to.
    SourceKind.MASTODON: "*/*",
    SourceKind.JETSTREAM: "*/*",
}
_WALLS = frozenset({FailureKind.FORBIDDEN, FailureKind.UNEXPECTED_STATUS, FailureKind.RATE_LIMITED})


def crawl(
    gate: Gate,
    source: Source,
    validators: Validators,
    now: datetime,
    refuses: Refuses | None = None,
    *,
    place: AbstractContextManager[object] = ANYWHERE,
    familiar: Marks = NOTHING,
) -> Fetched:
    """Fetch `source` once. `validators` come from the last Fetched of this source, or are empty.

    Where a redirect leads `refuses` is asked about. What has come is read in `place`, of which there may be fewer than
    of those who wait for an answer. `familiar` are the `marks` of a Fetched whose entries are all stored: they need not
    be made again.
    """
    rules = _rules(source)
    known = validators.body_hash.startswith(rules)
    before = validators if known else Validators(distrusted=validators.distrusted)
    try:
        answer = _request(gate, source, before, refuses)
    except GateFailure as failure:
        return Fetched(
            outcome=Outcome.FAILED,
            reason=failure.kind,
            detail=failure.detail,
            validators=before,
            elapsed=failure.elapsed,
        )
    fetched = Fetched(
        outcome=Outcome.FAILED,
        status=answer.status,
        url=answer.url,
        moved_to=answer.moved_to,
        validators=before,
        bytes=len(answer.body),
        elapsed=answer.elapsed,
        retry_after=retry_after(answer.headers.get("retry-after", ""), now),
        floor=max(before.ttl, max_age(answer.headers.get("cache-control", ""), answer.headers.get("age", ""))),
    )
    with place:
        return _judged(fetched, answer, source, before, now, familiar)


def delivered(source: Source, body: bytes, content_type: str, url: str, now: datetime) -> Fetched:
    """Read a body that a hub brought as if it had been fetched from `url`; it says nothing of the next fetch."""
    answer = Answer(status=200, headers={"content-type": content_type}, url=url, body=body)
    fetched = Fetched(outcome=Outcome.FAILED, status=200, url=url, bytes=len(body))
    return _read(fetched, answer, source, Validators(), now, NOTHING)


def _rules(source: Source) -> str:
    """Return a digest of what decides how the body is read: another rule must read an unchanged body again."""
    rules = (
        source.url,
        source.kind,
        source.list_rule,
        source.api_rule,
        source.time_rule,
        source.identity,
        source.timezone,
    )
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:8] + ":"


def _request(gate: Gate, source: Source, before: Validators, refuses: Refuses | None) -> Answer:
    headers = {"accept": ACCEPT[source.kind], **dict(source.headers)}
    if source.body is not None:
        return gate.post(
            source.url,
            source.body,
            content_type=source.body_type,
            headers=headers,
            tls=source.tls,
            longest_body=LONGEST_BODY,
        )
    if before.ask:
        headers |= {"if-none-match": before.etag} if before.etag else {}
        headers |= {"if-modified-since": before.last_modified} if before.last_modified else {}
    return gate.get(source.url, headers=headers, tls=source.tls, longest_body=LONGEST_BODY, refuses=refuses)


def _judged(
    fetched: Fetched, answer: Answer, source: Source, before: Validators, now: datetime, familiar: Marks
) -> Fetched:
    if answer.status == 304 and before.ask:
        return replace(fetched, outcome=Outcome.UNCHANGED, validators=before.after_304())
    failure = failure_of(answer.status)
    if failure is not None:
        detail = f"HTTP {answer.status}"
        if answer.status == 304:
            detail += " although nothing was asked"
        elif mark := blocked(decode_answer(answer).text, asked=source.url, answered=answer.url):
            detail += f", page with {mark!r}"
            failure = FailureKind.CAPTCHA_OR_LOGIN if failure in _WALLS else failure
        return replace(fetched, reason=failure, detail=detail)
    body_hash = _rules(source) + hashlib.sha256(answer.body).hexdigest()
    after = before.after_body(
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        body_hash=body_hash,
    )
    if after.distrusted and not before.distrusted:
        fetched = replace(fetched, detail=LIED)
    if body_hash == before.body_hash:
        return replace(fetched, outcome=Outcome.UNCHANGED, validators=after)
    return _read(fetched, answer, source, after, now, familiar)


def _read(
    fetched: Fetched, answer: Answer, source: Source, after: Validators, now: datetime, familiar: Marks
) -> Fetched:
    decoded = decode_answer(answer)
    fetched = replace(fetched, charset=decoded.charset, charset_rule=decoded.rule)
    # How a hot list ranks what is known is news in itself.
    known = NOTHING if source.ranked else familiar
    try:
        document = _document(source, answer, decoded, known)
    except Unreadable as failure:
        if answer.cut:
            return replace(fetched, reason=FailureKind.TOO_LARGE, detail=f"cut at {len(answer.body)} bytes")
        if mark := blocked(decoded.text, asked=source.url, answered=answer.url):
            return replace(fetched, reason=FailureKind.CAPTCHA_OR_LOGIN, detail=mark)
        if failure.kind is FailureKind.EMPTY and source.may_be_empty:
            return replace(fetched, outcome=Outcome.ITEMS, validators=after)
        return replace(fetched, reason=failure.kind, detail=failure.detail)
    if source.list_rule is not None and (mark := plainly_blocked(decoded.text, asked=source.url, answered=answer.url)):
        return replace(fetched, reason=FailureKind.CAPTCHA_OR_LOGIN, detail=mark)
    entries, dropped = ready(source, document, url=answer.url, now=now, familiar=known)
    kept = marked(document, answer.url) | {mark: known[mark] for mark in document.passed}
    named = hub_link(answer.headers.get("link", ""), decoded.text, answer.url)
    return replace(
        fetched,
        hub=named.hub,
        topic=named.topic,
        outcome=Outcome.ITEMS,
        reason=FailureKind.TOO_LARGE if answer.cut else None,
        detail=f"cut at {len(answer.body)} bytes" if answer.cut else fetched.detail,
        validators=replace(after, ttl=document.ttl),
        floor=max(fetched.floor, document.ttl),
        entries=tuple(entries),
        dropped=tuple(dropped),
        familiar=len(document.passed) + sum(mark in known for mark in marks_of(document)),
        marks=NOTHING if dropped or source.ranked else kept,
    )


def _document(source: Source, answer: Answer, decoded: Decoded, known: Marks) -> RawDocument:
    """Return what a body holds, without what may be passed over."""
    document = _whole(source, answer, decoded, known)
    shared = {known[mark] for mark in document.passed} - {0}
    if shared.isdisjoint(addresses(document, answer.url)):
        return document
    # Something new has the address of something known: only all of them together show what tells them apart.
    return _whole(source, answer, decoded, NOTHING)


def _whole(source: Source, answer: Answer, decoded: Decoded, known: Marks) -> RawDocument:
    try:
        if source.list_rule is not None:
            return read_list(decoded.text, source.list_rule, url=answer.url)
        if source.api_rule is not None:
            return read_api(decoded.text, source.api_rule)
        content_type = answer.headers.get("content-type", "")
        return read_feed(answer.body, decoded, content_type=content_type, known=known)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile document breaks in a parser costs this fetch only
        raise Unreadable(FailureKind.UNREADABLE, f"{type(error).__name__}: {error}"[:200]) from None
