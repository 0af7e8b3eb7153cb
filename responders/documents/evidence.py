"""What is told of a published page and of what was kept of it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.evidence.captures import Finding, Outcome
from monitor.core.evidence.telling import POINT
from monitor.core.evidence.views import CaptureView, EvidenceView, StampView
from monitor.core.naming import Names
from monitor.core.views import AlertView
from responders.labels import label
from responders.language import Words

NOT_STAMPED = "not_stamped"
TOLD: Mapping[str, str] = {
    Finding.LATER: N_(
        "The page says that it was published {published}, later than the {logged} that was logged: {title}. If the "
        "page is right, withdraw the response and log it with that time."
    ),
    Finding.LATE: N_(
        "The page says that it was published {published}, later than the {logged} that was logged: {title}. By that "
        "time the duty was not met in time: {duties}. If the page is right, withdraw the response and log it with "
        "that time."
    ),
    Finding.OLD: N_(
        "The page that was logged is older than the incident ({published}): {page}. Perhaps a wrong link was pasted. "
        "If so, withdraw the response and log the right one."
    ),
    Finding.ELSEWHERE: N_(
        "The page that was logged does not seem to speak of this incident: {page}. Perhaps a wrong link was pasted. "
        "If so, withdraw the response and log the right one."
    ),
    Finding.NO_TEXT: N_(
        "The page was kept, but no text can be read from it (a file, a picture, or a page that only a browser builds): "
        "{title}. Look for yourself whether it is the right one: {url}"
    ),
    Finding.MISSING: N_(
        "The page that was logged cannot be found ({outcome}): {url}. Perhaps a wrong link was pasted, or it is not "
        "public yet. Withdraw the response if it is not published."
    ),
    Finding.NO_ACCESS: N_(
        "The page of a logged response cannot be reached, so nothing could be kept of it since ({said}): {url}. It is "
        "tried again. Look for yourself whether it is public."
    ),
    Finding.NOT_ALLOWED: N_(
        "The address of a logged response leads into an internal network or cannot be asked for, so nothing was kept "
        "of it ({said}): {url}. Log the public address; an intranet host of your own can be named in http: allow."
    ),
    Finding.CHANGED: N_(
        "A published page was changed: {title}. Gone: {removed} New: {added} If the correction is intended, nothing "
        "is to be done; otherwise see to it, and log what is published anew."
    ),
    Finding.VANISHED: N_(
        "A published page is gone ({outcome}), as a second look confirmed: {title} {url}. The response no longer "
        "counts, and what only it met is owed again. Publish anew, or log where it stands now."
    ),
    Finding.BACK: N_(
        "A published page that was gone is there again: {title} {url}. If it stands for good, log the response again."
    ),
    NOT_STAMPED: N_(
        "The time stamping authority at {host} has given no stamp for some time ({said}). Our own stamps stand "
        "meanwhile; it is asked again."
    ),
}
NOTHING = N_("—")


def is_about(alert: AlertView) -> bool:
    """Tell whether an alert is about a published page."""
    return alert.point.partition(":")[0] == POINT and alert.point.partition(":")[2] in TOLD


def said(alert: AlertView, words: Words, names: Names) -> str:
    """Say what an alert tells of a published page; nothing where it is about something else."""
    if not is_about(alert):
        return ""
    facts = {name: words(NOTHING) for name in ("published", "logged", "duties", "removed", "added", "said", "page")}
    facts |= {name: value for name, value in alert.detail.items() if value}
    for name in ("published", "logged"):
        if name in alert.detail:
            facts[name] = shown(datetime.fromisoformat(alert.detail[name]))
    if "published" not in alert.detail and alert.detail.get("stated"):
        facts["published"] = alert.detail["stated"]
    if alert.detail.get("duties"):
        facts["duties"] = words(N_(", ")).join(names.obligation(one) for one in alert.detail["duties"].split())
    if alert.detail.get("outcome"):
        facts["outcome"] = words(label(Outcome(alert.detail["outcome"])))
    return words(TOLD[alert.point.partition(":")[2]], **facts)


def said_point(point: str, words: Words) -> str:
    """Name what an alert is about; nothing where it is about no page."""
    name, _, value = point.partition(":")
    if name != POINT:
        return ""
    if value == NOT_STAMPED:
        return words(N_("no stamp of the outside authority"))
    return words(label(Finding(value))) if value in set(Finding) else ""


def state_of(evidence: EvidenceView | None, words: Words) -> str:
    """Say in a few words how the page of a response stands."""
    if evidence is None:
        return words(N_("about to be kept"))
    if evidence.ended_why is not None and evidence.first_kept_at is None:
        return words(label(evidence.ended_why))
    return words(label(evidence.state))


def looked(capture: CaptureView, words: Words) -> str:
    """Say what a look brought, with the server's answer."""
    parts: list[str] = [words(label(capture.outcome))]
    if capture.status is not None:
        parts.append(f"HTTP {capture.status}")
    if capture.outcome is not Outcome.KEPT and capture.detail and capture.detail != f"HTTP {capture.status}":
        parts.append(capture.detail)
    return words(N_(", ")).join(parts)


def stated_time(capture: CaptureView, words: Words) -> str:
    """Say which time of publication the page states, and in which words."""
    if capture.published_at is not None:
        return words(N_("{at} (“{raw}”)"), at=shown(capture.published_at), raw=capture.published_raw)
    if capture.published_day is not None:
        return words(N_("{day}, without an hour (“{raw}”)"), day=capture.published_day, raw=capture.published_raw)
    return words(N_("none that can be read"))


def stamped(stamp: StampView, words: Words) -> str:
    """Say who stamped the time, and when; our own is never taken for a third party's."""
    if stamp.internal:
        return words(N_("internal authority of this office, {at}"), at=shown(stamp.at))
    unexamined = N_("{authority}, {at}; not examined, no certificates are set")
    text = N_("{authority}, {at}") if stamp.examinable else unexamined
    return words(text, authority=stamp.authority, at=shown(stamp.at))


def spoken_of(capture: CaptureView, words: Words) -> str:
    """Say by what the page speaks of its incident."""
    if not capture.readable:
        return words(N_("no text can be read"))
    return _joined(capture.signs, words) or words(N_("by nothing that could be found"))


def told_of(evidence: EvidenceView, words: Words) -> Iterator[str]:
    """Yield what people were told of a page."""
    yield from (words(label(finding)) for finding in evidence.findings)


def _joined(values: tuple[Enum, ...], words: Words) -> str:
    return words(N_(", ")).join(words(label(value)) for value in values)
