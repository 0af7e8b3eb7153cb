"""A deadline's certificate for people: sections of sentences, a page to print, and what an examination found.

Everything is read from the certificate itself: this needs no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from monitor.core.audit.certificate import Certificate, Finding, Flaw, Verified
from monitor.core.beijing import hours_and_minutes, local
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.evidence.captures import Outcome as Look
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    DeliveryState,
    ResponseKind,
    Verb,
)
from responders.documents.briefing import TEMPLATES
from responders.documents.particulars import KEPT, said_particulars
from responders.documents.points import point_words
from responders.documents.reasons import Entry, Mark, Section
from responders.labels import label
from responders.language import Words

FLAWS: Mapping[Flaw, str] = {
    Flaw.FORM: N_("This is no certificate, or it was damaged: {what}."),
    Flaw.ROW: N_("Row {what} of the audit log in it was changed, or nothing leads to it."),
    Flaw.BODY: N_("What is written outside the audit log was changed: one of {what}."),
    Flaw.ACCOUNT: N_("The account does not follow from the audit log: {what}."),
    Flaw.ANCHOR: N_("A seal that a briefing is said to have carried does not fit: {what}."),
    Flaw.HEAD: N_("The seal given is not that of the log that this certificate comes from: {what}."),
    Flaw.NOT_COMPARABLE: N_(
        "The seal given cannot be compared: {what}. Take one of the seals that the certificate lists, "
        "or have it issued anew after the briefing that carries the seal."
    ),
}
SECOND = timedelta(seconds=1)
Word = TypeVar("Word", bound=StrEnum)


def said_finding(finding: Finding, words: Words) -> str:
    """Say one flaw."""
    return words(FLAWS[finding.flaw], what=finding.what)


def said_verified(verified: Verified, words: Words) -> list[str]:
    """Say what an examination found, and what it could not show."""
    if not verified.good:
        return [said_finding(finding, words) for finding in verified.findings]
    told = [words(N_("The certificate is whole: {n} rows of the audit log, none changed."), n=verified.rows)]
    if verified.confirmed:
        proven = N_("{n} of {all} rows are proven by the seal given.")
        told.append(words(proven, n=verified.rows_confirmed, all=verified.rows))
    else:
        told.append(
            words(
                N_(
                    "That it was not made anew as a whole shows only a seal kept elsewhere: "
                    "compare those that it lists with the printed briefings, with --head."
                )
            )
        )
    return told


def certificate_sections(certificate: Certificate, words: Words) -> tuple[Section, ...]:
    """Return everything that a certificate tells."""
    parts = (
        ("deadline", words(N_("Deadline")), _deadline(certificate, words)),
        ("law", words(N_("Legal source")), _law(certificate, words)),
        ("start", words(N_("From when the clock counts")), _anchors(certificate, words)),
        ("course", words(N_("What became of it")), _course(certificate, words)),
        ("alerts", words(N_("Alerts, and why each was sent or not")), _alerts(certificate, words)),
        ("decisions", words(N_("What people decided")), _decisions(certificate, words)),
        ("responses", words(N_("Responses")), _responses(certificate, words)),
        ("proof", words(N_("Proof")), _proof(certificate, words)),
    )
    return tuple(Section(name, title, found) for name, title, entries in parts if (found := tuple(entries)))


def certificate_page(certificate: Certificate, words: Words) -> str:
    """Return a whole page for printing."""
    return TEMPLATES.get_template("certificate.html").render(
        language=words.language, title=title_of(certificate, words), sections=certificate_sections(certificate, words)
    )


def title_of(certificate: Certificate, words: Words) -> str:
    """Name the certificate."""
    return words(N_("Certificate of deadline {id}"), id=certificate["deadline"])


def moment(text: str) -> str:
    """Write an instant in Beijing time, to the second."""
    return local(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S")


def late(seconds: float, words: Words) -> str:
    """Say how late something was."""
    span = timedelta(seconds=seconds)
    if span < SECOND:
        return words(N_("on time"))
    if span < timedelta(minutes=1):
        return words(N_("{n} s late"), n=round(seconds))
    return words(N_("{time} late"), time=hours_and_minutes(span))


def worded(kind: type[Word], value: str, words: Words) -> str:
    """Return the word for a stored value; one of another version of the program stays as it is stored."""
    return words(label(kind(value))) if value in set(kind) else value


def _deadline(certificate: Certificate, words: Words) -> Iterator[Entry]:
    deadline, rule, incident = certificate["account"]["deadline"], certificate["rule"], certificate["incident"]
    names = [rule.get("zh", ""), rule.get("en", "")]
    ordered = names if words.language == "zh" else names[::-1]
    yield Entry(" / ".join(name for name in ordered if name) or rule["id"], note=f"{rule['id']} {rule['opened_under']}")
    yield Entry(f"#{incident['id']} {incident.get('title', '')}".rstrip(), note=incident.get("severity") or "")
    state = worded(DeadlineState, deadline["state"], words)
    if deadline["provisional"] and deadline["settled_at"] is None:
        state = words(N_("{state}, provisional"), state=state)
    met = deadline["state"] == DeadlineState.MET.value
    yield Entry(state, mark=Mark.FOR if met else Mark.PLAIN)
    facts = {"opened": moment(deadline["opened_at"]), "due": moment(deadline["due_at"])}
    yield Entry(words(N_("Opened {opened}, due {due}."), **facts))
    if deadline["settled_at"] is not None:
        yield Entry(words(N_("Ended {at}."), at=moment(deadline["settled_at"])))
    issued = certificate["issued"]
    told = {"at": moment(issued["at"]), "by": issued["by"], "bureau": issued["bureau"] or "—"}
    yield Entry(words(N_("Issued {at} by {by}, {bureau}. All times are Beijing time."), **told))


def _law(certificate: Certificate, words: Words) -> Iterator[Entry]:
    rule = certificate["rule"]
    if "document" not in rule:
        yield Entry(words(N_("The rule is no longer in the rule pack.")))
        return
    yield Entry(rule["pack"], quote=rule["quote"], note=f"{rule['document']} {rule['article']}".strip())
    if not rule["verified"]:
        yield Entry(words(N_("The wording of this rule has not been compared with its source.")), mark=Mark.AGAINST)


def _anchors(certificate: Certificate, words: Words) -> Iterator[Entry]:
    deadline = certificate["account"]["deadline"]
    named = certificate["rule"].get("anchors", [])
    known = deadline["anchors"] or {deadline["anchor"]: deadline["started_at"]}
    for name, at in sorted(known.items(), key=lambda pair: pair[1]):
        counts = name == deadline["anchor"]
        note = words(N_("the clock counts from here")) if counts else ""
        note = note or (words(N_("named by the rule")) if name in named else "")
        told = words(N_("{name}: {value}"), name=worded(Anchor, name, words), value=moment(at))
        yield Entry(told, note=note, mark=Mark.FOR if counts else Mark.PLAIN)


def _course(certificate: Certificate, words: Words) -> Iterator[Entry]:
    for change in certificate["account"]["transitions"]:
        facts = {"at": moment(change["at"]), "state": worded(DeadlineState, change["after"], words)}
        told = words(N_("{at}: {state}, because {cause}"), cause=worded(Cause, change["cause"], words), **facts)
        yield Entry(told, note=words(N_("noticed {at}"), at=moment(change["noticed_at"])))


def _alerts(certificate: Certificate, words: Words) -> Iterator[Entry]:
    for alert in certificate["account"]["alerts"]:
        about = [worded(AlertReason, alert["reason"], words), point_words(alert["point"], alert["detail"] or {}, words)]
        told = [
            words(N_(", ")).join(part for part in about if part),
            words(N_("planned {at}"), at=moment(alert["at"])),
            words(N_("made {at} ({late})"), at=moment(alert["created_at"]), late=late(alert["made_late"], words)),
            _stands(alert, words),
        ]
        sent = Mark.AGAINST if alert["silence"] else Mark.FOR if alert["deliveries"] else Mark.PLAIN
        yield Entry(words(N_("; ")).join(told), note=_deliveries(alert, words), mark=sent)


def _stands(alert: Mapping[str, Any], words: Words) -> str:
    state = worded(AlertState, alert["state"], words)
    if not alert["silence"]:
        return state
    return words(N_("{name}: {value}"), name=state, value=worded(Silence, alert["silence"], words))


def _deliveries(alert: Mapping[str, Any], words: Words) -> str:
    told = []
    for one in alert["deliveries"]:
        state = worded(DeliveryState, one["state"], words)
        said = " ".join(part for part in (one["provider_id"], one["said"]) if part)
        told.append(f"{one['channel']} {moment(one['ended_at'] or one['started_at'])} {state} {said}".rstrip())
    return words(N_("; ")).join(told)


def _decisions(certificate: Certificate, words: Words) -> Iterator[Entry]:
    for decision in certificate["account"]["decisions"]:
        verb = worded(Verb, decision["verb"], words)
        yield Entry(f"{moment(decision['at'])} {decision['by']}: {verb}", note=decision["reason"])


def _responses(certificate: Certificate, words: Words) -> Iterator[Entry]:
    for response in certificate["account"]["responses"]:
        kind = worded(ResponseKind, response["kind"], words)
        facts = {"kind": kind, "at": moment(response["published_at"]), "title": response["title"]}
        told = words(N_("{kind}, published {at}: {title}"), **facts)
        logged = words(N_("logged by {name} at {at}"), name=response["by"], at=moment(response["logged_at"]))
        note = words(N_(", ")).join(part for part in (response["url"], logged) if part)
        yield Entry(told, note=note, mark=Mark.FOR if response["settles"] else Mark.PLAIN)
        yield from _beside(certificate["account"], response["id"], words)
        looks = certificate["account"].get("captures", [])
        yield from (_look(look, words) for look in looks if look["response_id"] == response["id"])


def _beside(account: Mapping[str, Any], response_id: int, words: Words) -> Iterator[Entry]:
    """Say what a response has beside itself: who spoke, which claim it answers, which release it continues."""
    for kind, read in KEPT.items():
        for row in account.get(kind, []):
            if row["response_id"] == response_id:
                yield from (Entry(f"{name}: {value}") for name, value in said_particulars(read(row), words))


def _look(look: Mapping[str, Any], words: Words) -> Entry:
    """Say what was kept of a published page at one look: the digests and who stamped them."""
    facts = {"n": look["number"], "at": moment(look["at"]), "outcome": worded(Look, look["outcome"], words)}
    told = [words(N_("Its page, look {n} at {at}: {outcome}"), **facts)]
    for stamp in look["stamps"]:
        internal = stamp["authority"] == "internal"
        who = words(N_("internal authority of this office")) if internal else stamp["authority"]
        stamped = {"who": who, "at": moment(stamp["at"]), "digest": stamp["sha256"]}
        told.append(words(N_("time stamp of {who} {at}, SHA-256 {digest}"), **stamped))
    digests = {"manifest": look["manifest_sha256"], "warc": look["warc_sha256"] or "—"}
    note = words(N_("SHA-256 of the manifest {manifest}, of the archive file {warc}"), **digests)
    return Entry(words(N_("; ")).join(told), note=note)


def _proof(certificate: Certificate, words: Words) -> Iterator[Entry]:
    rows = certificate["rows"]
    told = N_("{n} rows of the audit log, from row {first} to row {last}")
    yield Entry(words(told, n=len(rows), first=rows[0]["seq"], last=rows[-1]["seq"]))
    yield Entry(words(N_("Seal of this certificate: {head}"), head=certificate["head"]))
    for anchor in certificate["anchors"]:
        facts = {"day": anchor["day"], "head": anchor["head"]}
        yield Entry(words(N_("Seal in the briefing of {day}: {head}"), **facts))
