"""The evidence of one response as sections of sentences: for its page in the console and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.evidence.captures import Outcome
from monitor.core.evidence.examined import Examined, Fault
from monitor.core.evidence.views import CaptureView, EvidenceView
from monitor.core.views import ResponseView
from responders.documents import evidence as told
from responders.documents.reasons import Entry, Mark, Section
from responders.labels import label
from responders.language import Words

FLAWS: Mapping[Fault, str] = {
    Fault.SUM: N_("{what} was changed: its digest is not the one that is listed."),
    Fault.UNLISTED: N_("{what} is not listed in SHA256SUMS."),
    Fault.ABSENT: N_("{what} is missing."),
    Fault.MANIFEST: N_("The manifest of look {what} cannot be read, or is not the one of that look."),
    Fault.WARC: N_("{what} is damaged, or is not the archive file that the manifest names."),
    Fault.PAYLOAD: N_("{what} holds another page than the manifest names."),
    Fault.CHAIN: N_("Look {what} does not follow from the one before it: one was taken out or exchanged."),
    Fault.STAMP: N_("{what} is no valid time stamp over the manifest."),
    Fault.NO_STAMP: N_("Look {what} has no time stamp."),
}


def title_of(response: ResponseView, words: Words) -> str:
    """Name the evidence of a response."""
    return words(N_("Evidence of response {id}"), id=response.id)


def evidence_sections(response: ResponseView, found: EvidenceView | None, words: Words) -> tuple[Section, ...]:
    """Return everything that is kept of a response's page, the latest look first."""
    parts = [
        Section("page", words(N_("Published page")), tuple(_page(response, found, words))),
        Section("told", words(N_("What was told")), tuple(_told(found, words))),
    ]
    for capture in reversed(found.captures if found is not None else ()):
        title = words(N_("Look {n}, {at}"), n=capture.number, at=shown(capture.at))
        parts.append(Section(f"look-{capture.number}", title, tuple(_look(capture, words))))
    return tuple(part for part in parts if part.entries)


def _page(response: ResponseView, found: EvidenceView | None, words: Words) -> Iterator[Entry]:
    yield Entry(response.title, note=response.url or words(N_("no web address: nothing to keep")))
    facts = {"at": shown(response.published_at), "name": response.by, "logged": shown(response.logged_at)}
    yield Entry(words(N_("Published {at}, as {name} logged at {logged}"), **facts))
    if response.retracted_at is not None:
        yield Entry(
            words(N_("Withdrawn {at}"), at=shown(response.retracted_at)),
            note=" ".join(part for part in (response.retracted_by, response.retracted_reason) if part),
            mark=Mark.AGAINST,
        )
    if not response.url:
        return
    good = found is not None and found.state.value in ("kept", "changed")
    ended = found.ended_why if found is not None else None
    yield Entry(told.state_of(found, words), mark=Mark.FOR if good else Mark.PLAIN)
    if ended is not None:
        yield Entry(words(label(ended)))
    elif found is not None and found.due_at is not None:
        yield Entry(words(N_("Looked at next {at}"), at=shown(found.due_at)))


def _told(found: EvidenceView | None, words: Words) -> Iterator[Entry]:
    if found is not None:
        yield from (Entry(text, mark=Mark.AGAINST) for text in told.told_of(found, words))


def _look(capture: CaptureView, words: Words) -> Iterator[Entry]:
    kept = capture.outcome is Outcome.KEPT
    yield Entry(told.looked(capture, words), note=capture.url, mark=Mark.FOR if kept else Mark.AGAINST)
    if kept:
        yield Entry(words(N_("The page is called: {title}"), title=capture.title or "—"))
        yield Entry(words(N_("Time of publication that it states: {time}"), time=told.stated_time(capture, words)))
        yield Entry(words(N_("It speaks of the incident by: {signs}"), signs=told.spoken_of(capture, words)))
    for sentence in capture.removed:
        yield Entry(words(N_("Gone since it was kept")), quote=sentence, mark=Mark.AGAINST)
    for sentence in capture.added:
        yield Entry(words(N_("New since it was kept")), quote=sentence)
    if capture.payload_sha256:
        size = words(N_("{n} bytes of {kind} from {ip}"), n=capture.bytes, kind=capture.content_type, ip=capture.ip)
        cut = words(N_("; too long, only the beginning was kept")) if capture.cut else ""
        yield Entry(size + cut, note=f"SHA-256 {capture.payload_sha256}")
    if capture.warc_sha256:
        yield Entry(words(N_("Archive file, {n} bytes"), n=capture.warc_bytes), note=f"SHA-256 {capture.warc_sha256}")
    yield Entry(words(N_("Manifest")), note=f"SHA-256 {capture.manifest_sha256}")
    for stamp in capture.stamps:
        yield Entry(
            words(N_("Time stamp: {who}"), who=told.stamped(stamp, words)),
            note=f"{stamp.serial} SHA-256 {stamp.sha256}",
            mark=Mark.FOR,
        )
    if capture.outside_said:
        yield Entry(words(N_("The outside authority gave none so far: {said}"), said=capture.outside_said))


def said_examined(found: Examined, words: Words) -> list[str]:
    """Say what an examination of exported evidence found."""
    if not found.good:
        return [words(FLAWS[flaw.fault], what=flaw.what) for flaw in found.flaws]
    lines = [words(N_("The evidence is whole: {n} look(s), no file changed."), n=found.looks)]
    for look, who, at, examined in found.stamps:
        facts = {"look": look, "at": at}
        if who == "internal":
            text = N_("Look {look}: stamped {at} by the office's own internal authority, which is no third party.")
        elif examined:
            text = N_("Look {look}: stamped {at} by an outside authority, examined by its certificates.")
        else:
            text = N_("Look {look}: stamped {at} by an outside authority; --ca with its certificates examines it.")
        lines.append(words(text, **facts))
    return lines
