"""Mistakes that a person can mend: each names the place and the remedy.

A Mistake carries its message as an English template and its facts as values, so that the message can be shown
in the reader's language. It says nothing about where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar


def N_(message: str) -> str:  # noqa: N802 - the name that catalogue tools look for
    """Mark a message for the catalogues without translating it here."""
    return message


class Said(str):
    """A template that is itself a fact of another: it is translated where that one is."""

    __slots__ = ()

    def told(self, words: Callable[..., str]) -> str:
        """Return the text in the language of `words`."""
        return words(str(self))


class Mistake(Exception):
    """A refused input or a failed step; `facts` fill the placeholders of `message`."""

    message: ClassVar[str] = N_("Something is wrong: {what}")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))


class UnknownIncident(Mistake):
    """A person named an incident that is not stored."""

    message = N_("There is no incident {id}. List them with: huiying incidents")


class UnknownDeadline(Mistake):
    """A person named a deadline that is not stored."""

    message = N_("There is no deadline {id}. List them with: huiying deadlines")


class UnknownResponse(Mistake):
    """A person named a response that is not stored."""

    message = N_("There is no response {id}. List them with: huiying responses")


class UnknownAlert(Mistake):
    """A person named an alert that is not stored."""

    message = N_("There is no alert {id}. List them with: huiying alerts")


class NaiveTime(Mistake):
    """An instant came without a zone, so it names no moment."""

    message = N_("The time {value} has no zone. Write it with an offset, for example 2026-07-09T20:30+08:00.")


class UnreadableTime(Mistake):
    """A text is no instant at all."""

    message = N_("{value} is not a time. Write it like 2026-07-09T20:30+08:00.")


class ResponseBeforeIncident(Mistake):
    """A response claims to be older than the incident that it answers."""

    message = N_(
        "The response is dated {published_at}, before the incident began ({began_at}). "
        "Check the time, or the incident number."
    )


class ResponseInFuture(Mistake):
    """A response claims to have been published later than now."""

    message = N_("The response is dated {published_at}, but it is only {now}. Log it once it is published.")


class DrillRuns(Mistake):
    """A drill was to begin while another goes on."""

    message = N_("Drill {id} still runs: {title}. End it first with `huiying drill end`.")


class NoDrill(Mistake):
    """A drill was to end, but none goes on."""

    message = N_("No drill is running. Start one with `huiying drill start`.")


class UnknownDrill(Mistake):
    """A person named a drill that is not stored."""

    message = N_("There is no drill {id}. List them with: `huiying drill list`")


class PaceOutOfRange(Mistake):
    """A drill's deadlines were to be longer than real ones, or over before anybody could act."""

    message = N_("A drill's deadlines can be 1 to {most} times shorter than real ones.")


class DrillApart(Mistake):
    """A drill and a real incident were to be made one, or linked."""

    message = N_("Incident {id} is only a drill; it stays apart from all others. Nothing was changed.")


class AlreadyDismissed(Mistake):
    """A person dismissed an incident that is dismissed."""

    message = N_("Incident {id} is already dismissed; nothing was changed.")


class AlreadyMerged(Mistake):
    """A person acted on an incident that has become part of another."""

    message = N_("Incident {id} was merged into incident {into}; act there. Nothing was changed.")


class DeadlineNotLive(Mistake):
    """A person waived a deadline that is already settled."""

    message = N_("Deadline {id} is already settled ({state}); nothing was changed.")


class SelfMerge(Mistake):
    """An incident was to be merged into itself."""

    message = N_("Incident {id} cannot be merged into itself.")


class MergeIntoDismissed(Mistake):
    """A merge would let the duties of an incident vanish in a dismissed one."""

    message = N_(
        "Incident {into} is dismissed, so the deadlines of incident {id} would end unseen. "
        "Confirm incident {into} first, or dismiss incident {id} with a reason."
    )


class SelfLink(Mistake):
    """An incident was to be linked with itself."""

    message = N_("Incident {id} cannot be linked with itself. Give the number of another incident.")


class NotLinked(Mistake):
    """A link was to be taken back that does not stand."""

    message = N_("Incidents {id} and {other} are not linked; nothing was changed.")


class CircularChain(Mistake):
    """A link would make an incident the cause of its own cause."""

    message = N_(
        "Incident {effect} already led to incident {cause}, so it cannot be its consequence. "
        "Take that link back first, or link them as related."
    )


class NotAnItemOf(Mistake):
    """Items named for a split do not belong to the incident."""

    message = N_("Incident {id} has no item {item}. Its items are shown by: huiying incidents --id {id} --json")


class NothingLeft(Mistake):
    """A split would leave an incident without any item."""

    message = N_("Splitting all items off incident {id} would leave it empty. Leave at least one item.")


class NoReportLeft(Mistake):
    """A split would leave one of the two incidents without anything that reports it."""

    message = N_("An incident needs a report. Leave one in incident {id}, and split off one at least.")


class UnknownItem(Mistake):
    """A person named an item that is not stored."""

    message = N_("There is no item {id}. The items of an incident are shown by: huiying incidents --id INCIDENT")


class AlreadyReports(Mistake):
    """A person said that an item reports an incident, and it counts as a report already."""

    message = N_("Item {id} is a report of incident {incident} already; nothing was changed.")


class InNoIncident(Mistake):
    """An item was to be set aside that belongs to no incident."""

    message = N_("Item {id} belongs to no incident, so there is nothing to set aside.")


class OnlyReport(Mistake):
    """Setting an item aside would leave an incident without anything that reports it."""

    message = N_(
        "Item {id} is the only report of incident {incident}. Dismiss the incident instead; its deadlines end with it."
    )


class ReasonMissing(Mistake):
    """A decision that needs a reason came without one."""

    message = N_("Give a reason: it is kept with the decision.")


class BadLink(Mistake):
    """The address of a response is not a web address."""

    message = N_("{url} is not a web address. It must begin with http:// or https://.")
