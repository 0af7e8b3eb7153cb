"""How a drill went, for people: a line for each fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from monitor.core.beijing import shown
from monitor.core.drills import ChannelScore, DeadlineScore, Drill, Score
from monitor.core.errors import N_
from monitor.core.naming import Names
from responders.labels import label
from responders.language import Words


def score_lines(drill: Drill, score: Score, names: Names, words: Words) -> Iterator[str]:
    """Tell a drill and its score, one line a fact."""
    yield f"{words(N_('Drill'))} {drill.id}: #{drill.matter_id} {drill.title}"
    ended = words(N_("runs")) if drill.ended_at is None else f"{shown(drill.ended_at)} ({drill.ended_by})"
    yield f"  {shown(drill.started_at)} ({drill.started_by}) – {ended}"
    if drill.pace != 1:
        yield "  " + words(N_("The deadlines are {times} times shorter than real ones."), times=f"{1 / drill.pace:g}")
    told = N_("{alerts} alert(s), {pages} of them until somebody acts; {undelivered} reached nobody")
    yield "  " + words(told, alerts=score.alerts, pages=score.pages, undelivered=score.undelivered)
    for act in score.acts:
        yield "  " + words(N_("after {span}: {verb}, {by}"), span=span_said(act.after), verb=act.verb, by=act.by)
    if not score.acts:
        yield "  " + words(N_("Nobody has acted."))
    yield from (_channel(channel, words) for channel in score.channels)
    yield from (_deadline(deadline, names, words) for deadline in score.deadlines)
    met = N_("{met} of {all} deadline(s) met in time")
    yield "  " + words(met, met=score.in_time, all=len(score.deadlines))


def _channel(channel: ChannelScore, words: Words) -> str:
    said = N_("{name}: {accepted} accepted, {failed} attempt(s) failed")
    told = words(said, name=channel.channel, accepted=channel.accepted, failed=channel.failed)
    if channel.first_after is None:
        return f"  {told}"
    first = words(N_("the first after {seconds} s"), seconds=round(channel.first_after.total_seconds(), 1))
    return f"  {told}, {first}"


def _deadline(deadline: DeadlineScore, names: Names, words: Words) -> str:
    told = f"  {names.obligation(deadline.obligation_id)}: {words(label(deadline.state))}"
    if deadline.spare is None:
        after = words(N_("due after {span}"), span=span_said(deadline.due_after))
        return f"{told}, {after}"
    said = N_("with {span} to spare") if deadline.spare >= timedelta(0) else N_("late by {span}")
    return f"{told}, {words(said, span=span_said(deadline.spare))}"


def span_said(span: timedelta) -> str:
    """Write a span as 1:02:03, without its sign."""
    whole = int(abs(span).total_seconds())
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
