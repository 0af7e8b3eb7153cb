"""What people did to a deadline, in words: what an alert tells of it, and the line on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.duties.adjusting import Adjustment, AdjustmentKind
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.views import AlertView, FindingView
from responders.labels import label
from responders.language import Words

# By the first word of the alert's point.
TOLD: Mapping[str, str] = {
    Cause.EXTENDED: N_("A person extended this deadline: it ends later now."),
    Cause.PAUSED: N_("A person paused this deadline: its time stands still until somebody resumes it."),
    Cause.RESUMED: N_("A person resumed this deadline: its time runs again."),
    Cause.RESET: N_("A person let the time of this deadline begin anew."),
    Cause.ANCHOR_SET: N_("A person stated from when this deadline counts."),
    Cause.RETRACTED: N_("What was published was withdrawn, so this deadline is no longer met. Publish anew."),
    Cause.VANISHED: N_(
        "The page that met this deadline is gone, as a second look confirmed, so it is no longer met. "
        "Publish anew, or log where it stands now."
    ),
    Cause.REOPENED: N_("The waiver of this deadline was taken back: it has to be met."),
    Cause.UNDONE: N_("The merge was undone, so this deadline runs again here."),
    "handed_back": N_("{by} no longer acts on this incident. Somebody else has to take it on."),
    "doubt:start": N_(
        "A report of {earlier} was found, earlier than all that were known when a person stated the start. "
        "The stated start holds; state another one if it is wrong."
    ),
}
POINTS: Mapping[str, str] = {
    **{cause: label(cause) for cause in TOLD if isinstance(cause, Cause)},
    "handed_back": N_("handed back"),
    "doubt:start": N_("an earlier report than the stated start"),
}


def said(alert: AlertView, words: Words) -> str:
    """Say what an alert tells of what a person did; nothing where it is about something else."""
    key = _key(alert.point)
    if key not in TOLD:
        return ""
    detail = dict(alert.detail)
    if "earlier" in detail:
        detail["earlier"] = shown(datetime.fromisoformat(detail["earlier"]))
    return words(TOLD[key], **detail)


def said_point(point: str, words: Words) -> str:
    """Name what an alert is about; nothing where it is about something else."""
    return words(POINTS[_key(point)]) if _key(point) in POINTS else ""


def _key(point: str) -> str:
    """Return the part of a point that names what was done, without the moments that stand behind it."""
    first, _, rest = point.partition(":")
    return f"{first}:{rest.partition(':')[0]}" if first == "doubt" else first


def said_adjustment(made: Adjustment, words: Words) -> str:
    """Say what a person did to a deadline, in one line without his name and reason."""
    facts = {"ground": made.ground, "at": shown(made.at), "span": str(made.span or "")}
    texts = {
        AdjustmentKind.EXTEND: N_("extended by {span}"),
        AdjustmentKind.PAUSE: N_("paused from {at} ({ground})"),
        AdjustmentKind.RESUME: N_("resumed from {at}"),
        AdjustmentKind.RESET: N_("begun anew at {at} ({ground})"),
        AdjustmentKind.SET_ANCHOR: N_("counted from {at}, as a person stated"),
    }
    parts = [words(texts[made.kind], **facts)]
    if made.approver:
        parts.append(words(N_("approved by {name}"), name=made.approver))
    if made.notice:
        parts.append(words(N_("notice: {text}"), text=made.notice))
    return words(N_("; ")).join(parts)


def said_finding(finding: FindingView, words: Words) -> str:
    """Say what a person found, and what shows it."""
    fault = words(label(finding.fault))
    return words(N_("{fault}; evidence: {evidence}"), fault=fault, evidence=finding.evidence)
