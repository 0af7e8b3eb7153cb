"""What people read of the audit log: what is wrong with it, and what a row says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from monitor.core.audit.checking import ChainFault, FaultKind
from monitor.core.beijing import shown
from monitor.core.errors import N_

FAULTS: Mapping[FaultKind, str] = {
    FaultKind.CHANGED: N_("Row {seq} of the audit log was changed after it was sealed."),
    FaultKind.MISSING: N_("Row {seq} of the audit log is missing; the next one is {other}."),
    FaultKind.INSERTED: N_("Row {seq} of the audit log was put in afterwards; what belongs there stands at {other}."),
    FaultKind.REORDERED: N_("Row {seq} of the audit log changed places; what belongs there stands at {other}."),
    FaultKind.CUT: N_("The audit log ends before row {seq}, but the seal given is of row {other}: it was cut off."),
    FaultKind.REWRITTEN: N_(
        "Row {seq} of the audit log does not bear the seal given: at least one row after {other} and up to it was "
        "changed, and all seals after it were made anew."
    ),
    FaultKind.UNKNOWN_HEAD: N_("No row of the audit log bears the seal given: it was cut or made anew ({seq} rows)."),
}


# What a row is about, by what stands before the dot of its kind: the tables that are followed, and what is noted.
THINGS: Mapping[str, str] = {
    "decision": N_("Decision"),
    "response": N_("Response"),
    "release_check": N_("Check of a release"),
    "conference": N_("Press conference"),
    "clarification": N_("Clarification of a claim"),
    "continuation": N_("Further release"),
    "claim_check": N_("Check of a claim"),
    "conference_plan": N_("Plan of a press conference"),
    "conference_tick": N_("Step of a plan"),
    "draft": N_("Draft"),
    "draft_version": N_("Version of a draft"),
    "gate_step": N_("Step of a review"),
    "bulletin": N_("Issue of a bulletin"),
    "bulletin_version": N_("Version of an issue"),
    "bulletin_step": N_("Review or signature of an issue"),
    "deadline": N_("Deadline"),
    "transition": N_("Change of a deadline"),
    "alert": N_("Alert"),
    "delivery": N_("Delivery"),
    "briefing": N_("Briefing"),
    "briefing_edition": N_("Edition of a briefing"),
    "unsubscription": N_("Leaving the briefing"),
    "adjustment": N_("Adjustment of a deadline"),
    "finding": N_("Fault found"),
    "audience": N_("Whom an alert is for"),
    "rota_change": N_("Change of the rota"),
    "armed_message": N_("Warning held by Slack"),
    "drill": N_("Drill"),
    "assignment": N_("Assignment"),
    "receipt": N_("Receipt of an office"),
    "aftermath": N_("After-action review"),
    "lesson": N_("Lesson"),
    "appraisal": N_("Appraisal of offices"),
    "appraised": N_("Office in an appraisal"),
    "rating": N_("Public rating of a response"),
    "rule_version": N_("Version of a rule"),
    "calendar": N_("Calendar"),
    "evidence": N_("Evidence"),
    "capture": N_("Capture of a page"),
    "stamp": N_("Time stamp"),
    "authority": N_("Time stamping authority"),
    "account": N_("Account"),
    "account_session": N_("Sign-in"),
    "api_token": N_("Token"),
    "calendar_feed": N_("Calendar address"),
    "audit": N_("Audit log"),
    "certificate": N_("Certificate"),
    "channel": N_("Test of a channel"),
    "service": N_("Service"),
    "source": N_("Look at a source"),
    "offer": N_("Publication of our own, as it was offered"),
}
ACTS: Mapping[str, str] = {
    "added": N_("added"),
    "changed": N_("changed"),
    "removed": N_("removed"),
    "found": N_("stood there when the log began"),
    "refused": N_("refused"),
    "started": N_("started"),
    "issued": N_("issued"),
    "anchored": N_("seal printed"),
    "interrupted": N_("recording was switched off"),
    "tested": N_("tested"),
    "tried": N_("tried in silence"),
    "looked_at": N_("looked at"),
    "examined": N_("examined"),
}


def kind_said(kind: str, words: Callable[..., str]) -> str:
    """Say what kind of row it is; what this program does not know is told as it is written."""
    thing, _, act = kind.partition(".")
    told = words(THINGS[thing]) if thing in THINGS else thing
    return f"{told} · {words(ACTS[act]) if act in ACTS else act}" if act else told


def said_fault(fault: ChainFault, words: Callable[..., str]) -> str:
    """Say what is wrong, and what the row says now."""
    facts = {"seq": fault.seq, "other": fault.other}
    template = FAULTS[fault.kind]
    told = words(template, **{name: value for name, value in facts.items() if f"{{{name}}}" in template})
    if fault.row is None:
        return told
    row = fault.row
    stands = words(N_("It now says: {at} {kind} {subject}"), at=shown(row.at), kind=row.kind, subject=row.subject)
    return f"{told}\n{stands} {row.text}"


def said_text(text: str) -> str:
    """Return what a row says on one line: of a change only what is new."""
    said = json.loads(text)
    if isinstance(said, dict) and "now" in said:
        return ", ".join(f"{name}={_value(value)}" for name, value in (said["now"] or {}).items())
    return ", ".join(f"{name}={_value(value)}" for name, value in said.items() if value not in (None, "", {}, []))


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
