"""The steps of an appraisal: each takes it as it stands and returns it as it is then, or says what is in the way.

Their order, the notice of 15 days and who decides: 慈利县安监局政务公开考核评议制度, 第八、九条.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.core.appraisal.appraisal import Appraisal, AppraisalState, Appraised, ByHand, Deed
from monitor.core.appraisal.figures import Figure, digest_of
from monitor.core.appraisal.rules import AppraisalRules
from monitor.core.beijing import day_of
from monitor.core.errors import N_, Mistake, ReasonMissing


class NotAppraised(Mistake):
    """A person named an office that an appraisal is not about."""

    message = N_("Appraisal {id} is not about the office {office}. Its offices are: {known}")


class AppraisalDropped(Mistake):
    """A step is taken of what was given up."""

    message = N_("Appraisal {id} was given up by {by}. Plan another one.")


class PlanApproved(Mistake):
    """A plan is approved that was approved."""

    message = N_("The plan of appraisal {id} was approved by {by} already; nothing was changed.")


class PlanNotApproved(Mistake):
    """The notice is to go out before the leading group approved the plan."""

    message = N_(
        "The plan of appraisal {id} is not approved. The leading group approves it before the notice goes out."
    )


class OwnPlan(Mistake):
    """Somebody approves his own plan."""

    message = N_("{by} made this plan himself. Somebody else approves it.")


class NoticeGiven(Mistake):
    """The notice is to go out a second time."""

    message = N_("The notice of appraisal {id} went out already; nothing was changed.")


class NoNotice(Mistake):
    """An office answers, or is graded, before it was given notice."""

    message = N_("The notice of appraisal {id} has not gone out yet. Send it first.")


class TooEarly(Mistake):
    """An office is graded before the days of the notice are over."""

    message = N_(
        "Appraisal {id} begins on {day}: {days} days lie between the notice and its beginning. Wait until then."
    )


class ReviewedAlready(Mistake):
    """An office changes its self-check after it was graded on it."""

    message = N_("{office} was given its first grade by {by}; the self-check stays as it is.")


class TextMissing(Mistake):
    """A self-check leaves something out."""

    message = N_("The self-check says nothing on {content}. Write a sentence, also where there was nothing.")


class SourceMissing(Mistake):
    """A figure written by hand comes from nowhere."""

    message = N_("Say where the figure {figure} comes from, such as a register or a file.")


class CheckReplaced(Mistake):
    """An office is graded on a self-check that it has replaced since it was read."""

    message = N_("{office} has handed its self-check in anew since this page was shown. Read it, then grade.")


class OwnCheck(Mistake):
    """Somebody grades the self-check that he handed in."""

    message = N_("{by} handed the self-check of {office} in. Somebody else gives and approves its grade.")


class UnknownGrade(Mistake):
    """A person gave a grade that there is not."""

    message = N_("There is no grade {grade}. Choose one of: {known}")


class NotReviewed(Mistake):
    """A grade is approved that nobody proposed."""

    message = N_("{office} has no first grade yet. The reviewer proposes one.")


class SettledAlready(Mistake):
    """A grade is changed after it was approved."""

    message = N_("The grade of {office} was approved by {by}; nothing was changed.")


class OwnReview(Mistake):
    """Somebody approves the grade that he proposed."""

    message = N_("{by} proposed this grade himself. Somebody else approves it.")


class NothingToSign(Mistake):
    """An office signs for what it was not sent, or has signed for."""

    message = N_("There is nothing that {office} has to sign for now.")


def approve(plan: Appraisal, deed: Deed) -> Appraisal:
    """Approve a plan. Raise AppraisalDropped, PlanApproved, OwnPlan."""
    _refuse_dropped(plan)
    if plan.approved is not None:
        raise PlanApproved(id=plan.id, by=plan.approved.by)
    if plan.planned.same_person(deed):
        raise OwnPlan(by=deed.by)
    return replace(plan, approved=deed)


def give_notice(plan: Appraisal, deed: Deed, rules: AppraisalRules) -> Appraisal:
    """Send the notice: it begins as planned, or later where days are lacking. Raise PlanNotApproved, NoticeGiven."""
    _refuse_dropped(plan)
    if plan.announced is not None:
        raise NoticeGiven(id=plan.id)
    if plan.approved is None:
        raise PlanNotApproved(id=plan.id)
    return replace(plan, announced=deed, starts_on=plan.start_if_told(deed.at, rules.notice_days))


def drop(plan: Appraisal, deed: Deed, why: str) -> Appraisal:
    """Give an appraisal up while a grade is open. Raise AppraisalDropped, SettledAlready, ReasonMissing."""
    _refuse_dropped(plan)
    if plan.state(deed.at) is AppraisalState.FINISHED:
        last = plan.offices[-1]
        raise SettledAlready(office=last.name, by="" if last.settled is None else last.settled.by)
    return replace(plan, dropped=deed, dropped_why=_needed(why))


def hand_in(
    standing: Appraisal,
    office: str,
    deed: Deed,
    texts: Mapping[str, str],
    by_hand: Mapping[str, ByHand],
    rules: AppraisalRules,
) -> Appraisal:
    """Take an office's self-check; until it is graded it may be handed in again.

    Raise NoNotice, ReviewedAlready, TextMissing, SourceMissing.
    """
    one = _noticed(standing, office)
    _refuse_settled(one)
    if one.reviewed is not None:
        raise ReviewedAlready(office=one.name, by=one.reviewed.by)
    for content in rules.contents:
        if not texts.get(content.id, "").strip():
            raise TextMissing(content=content.zh)
    for figure in rules.hand_figures():
        if figure.id in by_hand and not by_hand[figure.id].source.strip():
            raise SourceMissing(figure=figure.zh)
    noticed = one.noticed or deed
    return _with(standing, replace(one, texts=texts, by_hand=by_hand, checked=deed, noticed=noticed))


def review(
    standing: Appraisal,
    office: str,
    deed: Deed,
    grade: str,
    why: str,
    figures: tuple[Figure, ...],
    rules: AppraisalRules,
    seen: str | None = None,
) -> Appraisal:
    """Propose a grade on the figures as they are now, which are kept; until it is approved another can be proposed.

    `seen` is the version of the self-check that was read. Raise NoNotice, TooEarly, OwnCheck, CheckReplaced,
    UnknownGrade, ReasonMissing, SettledAlready.
    """
    one = _noticed(standing, office)
    _refuse_settled(one)
    _refuse_own_check(one, deed)
    if seen is not None and seen != one.version:
        raise CheckReplaced(office=one.name)
    if standing.starts_on is None or day_of(deed.at) < standing.starts_on:
        raise TooEarly(id=standing.id, day=standing.starts_on, days=rules.notice_days)
    _refuse_unknown(grade, rules)
    kept = replace(one, proposed=grade, proposed_why=_needed(why), reviewed=deed, figures=figures)
    return _with(standing, replace(kept, digest=digest_of(figures)))


def settle(standing: Appraisal, office: str, deed: Deed, grade: str, why: str, rules: AppraisalRules) -> Appraisal:
    """Approve the grade that was proposed, or give another with a reason.

    Raise NotReviewed, OwnReview, OwnCheck, SettledAlready, UnknownGrade, ReasonMissing.
    """
    one = _noticed(standing, office)
    _refuse_settled(one)
    _refuse_own_check(one, deed)
    if one.reviewed is None:
        raise NotReviewed(office=one.name)
    if one.reviewed.same_person(deed):
        raise OwnReview(by=deed.by)
    _refuse_unknown(grade, rules)
    said = why.strip() if grade == one.proposed else _needed(why)
    return _with(standing, replace(one, grade=grade, grade_why=said, settled=deed))


def sign(standing: Appraisal, office: str, deed: Deed) -> Appraisal:
    """Sign for one's own office: for the result where it is there, else for the notice. Raise NothingToSign."""
    one = _noticed(standing, office)
    if one.settled is not None and one.told is None:
        return _with(standing, replace(one, told=deed))
    if one.settled is None and one.noticed is None:
        return _with(standing, replace(one, noticed=deed))
    raise NothingToSign(office=one.name)


def _noticed(standing: Appraisal, office: str) -> Appraised:
    """Return the part of an office that was given notice."""
    one = standing.office(office)
    if one is None:
        known = ", ".join(part.office for part in standing.offices)
        raise NotAppraised(id=standing.id, office=office or "—", known=known)
    _refuse_dropped(standing)
    if standing.announced is None:
        raise NoNotice(id=standing.id)
    return one


def _with(standing: Appraisal, one: Appraised) -> Appraisal:
    offices = tuple(one if part.office == one.office else part for part in standing.offices)
    return replace(standing, offices=offices)


def _refuse_dropped(standing: Appraisal) -> None:
    if standing.dropped is not None:
        raise AppraisalDropped(id=standing.id, by=standing.dropped.by)


def _refuse_settled(one: Appraised) -> None:
    if one.settled is not None:
        raise SettledAlready(office=one.name, by=one.settled.by)


def _refuse_own_check(one: Appraised, deed: Deed) -> None:
    if one.checked is not None and one.checked.same_person(deed):
        raise OwnCheck(by=deed.by, office=one.name)


def _refuse_unknown(grade: str, rules: AppraisalRules) -> None:
    if rules.grade(grade) is None:
        raise UnknownGrade(grade=grade or "—", known=", ".join(one.zh for one in rules.grades))


def _needed(why: str) -> str:
    if not why.strip():
        raise ReasonMissing
    return why.strip()
