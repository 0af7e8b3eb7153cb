"""What an act led to, in one short message: which clocks were met, made firm, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.model import DeadlineState, Verb
from monitor.core.views import DeadlineView, Done
from responders.documents.messages import Composer

DONE = {
    Verb.CONFIRM: N_("Incident {id} is confirmed."),
    Verb.DISMISS: N_("Incident {id} is dismissed as a false alarm."),
    Verb.ACKNOWLEDGE: N_("Incident {id}: noted that you act. The clocks run on."),
    Verb.RESPOND: N_("Response logged for incident {id}."),
    Verb.WAIVE: N_("Deadline of incident {id} waived."),
    Verb.MERGE: N_("Merged into incident {id}."),
    Verb.SPLIT: N_("Split off as incident {id}."),
    Verb.REPORT: N_("The item now counts as a report of incident {id}."),
    Verb.SET_ASIDE: N_("The item no longer counts in incident {id}."),
    Verb.LINK: N_("Incident {id} is linked."),
    Verb.UNLINK: N_("The link of incident {id} is taken back."),
    Verb.ASSIGN: N_("Incident {id} is assigned; the offices are asked to sign."),
    Verb.SIGN: N_("Signed: incident {id} is taken over by the office."),
    Verb.CORRECT: N_("Incident {id} is corrected."),
    Verb.UNDO: N_("The last decision on incident {id} is undone; both stay in the log."),
    Verb.HAND_BACK: N_("Incident {id} is handed back: nobody acts on it now."),
    Verb.REOPEN: N_("The waiver of a deadline of incident {id} is taken back."),
    Verb.EXTEND: N_("A deadline of incident {id} is extended."),
    Verb.PAUSE: N_("A deadline of incident {id} is paused."),
    Verb.RESUME: N_("A deadline of incident {id} runs again."),
    Verb.RESET: N_("The time of a deadline of incident {id} begins anew."),
    Verb.SET_ANCHOR: N_("The start of a deadline of incident {id} is stated."),
    Verb.RETRACT: N_("Incident {id}: it is logged that the response was withdrawn."),
    Verb.FIND_FAULT: N_("The finding on incident {id} is kept."),
}


def outcome(verb: Verb, done: Done, before: Sequence[DeadlineView], composer: Composer) -> str:
    """Say what was done and which deadlines changed by it."""
    words = composer.words
    known = {deadline.id: deadline for deadline in before}
    parts = [words(DONE[verb], id=done.incident.id)]
    changes = [change for deadline in done.deadlines if (change := _change(deadline, known, composer))]
    if verb is Verb.RESPOND and not changes:
        parts.append(words(N_("No clock that runs is met by it.")))
    return " ".join([*parts, *changes])


def _change(deadline: DeadlineView, known: Mapping[int, DeadlineView], composer: Composer) -> str:
    was = known.get(deadline.id)
    if was is not None and _shown(was) == _shown(deadline):
        return ""
    words = composer.words
    state = composer.state(deadline)
    if was is not None and was.due_at != deadline.due_at and deadline.live:
        state = words(N_("{state}, due {due}"), state=state, due=shown(deadline.due_at))
    if was is not None and was.provisional and not deadline.provisional and was.state is deadline.state:
        state = words(N_("no longer provisional"))
    return words(N_("{clock}: {state}."), clock=composer.clock(deadline), state=state)


def _shown(deadline: DeadlineView) -> tuple[DeadlineState, bool, datetime, bool]:
    return deadline.state, deadline.provisional, deadline.due_at, deadline.rests
