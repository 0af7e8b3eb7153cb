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
