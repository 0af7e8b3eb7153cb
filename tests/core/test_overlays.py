"""The term in force for a matter: never later than the national one, whatever local terms there are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.duties.law import LegalSource, Stricter
from monitor.core.duties.obligations import MatterFacts
from monitor.core.duties.overlays import Clash, conflicts, in_force, joined
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Severity
from tests.core.test_deadlines import PACK

BASE = next(rule for rule in PACK.obligations if rule.id == "OP-AUTH-5H")
GRADES = st.sampled_from([None, *Severity])
LOCAL = st.builds(
    Stricter,
    obligation_id=st.just(BASE.id),
    due=st.builds(Term, st.integers(1, 400), st.just(Unit.MINUTE)),
    source=st.just(LegalSource("文", "条", "句")),
    at_least=GRADES,
    below=GRADES,
    enabled=st.booleans(),
    origin=st.just("own@1"),
)


def facts(severity: Severity | None) -> MatterFacts:
    return MatterFacts(id=1, severity=severity)


@settings(max_examples=200)
@given(st.lists(LOCAL, max_size=5), GRADES)
def test_terms_that_are_let_in_never_end_later_and_the_strictest_that_holds_wins(
    terms: list[Stricter], severity: Severity | None
) -> None:
    local = replace(PACK, id="own", obligations=(), duties=(), overlay_of=PACK.id, stricter=tuple(terms))
    refused = {conflict.number for conflict in conflicts([PACK, local])}
    kept = [term for n, term in enumerate(terms) if n not in refused]
    assert all(str(term.due) != "300m" and term.due.count < 300 for term in kept)
    pack = joined([PACK, replace(local, stricter=tuple(kept))])
    rule = next(rule for rule in pack.obligations if rule.id == BASE.id)
    holding = [term.due.count for term in kept if term.holds(severity)]
    minutes = in_force(rule, facts(severity)).due
    assert minutes == (Term(min(holding), Unit.MINUTE) if holding else BASE.due)
    assert in_force(rule, facts(severity)).source == BASE.source


def test_a_reminder_that_would_lie_before_a_shorter_term_begins_is_left_out() -> None:
    half = Stricter(BASE.id, Term(45, Unit.MINUTE), LegalSource("文", "条", "句"), origin="own@1")
    rule = in_force(replace(BASE, local=(half,)), facts(Severity.MAJOR))
    assert [span.total_seconds() / 60 for span in rule.reminders.before] == [30, 10]


def test_a_local_pack_alone_is_told_what_it_lacks() -> None:
    local = replace(PACK, id="own", obligations=(), duties=(), overlay_of=PACK.id)
    assert [conflict.clash for conflict in conflicts([local])] == [Clash.NO_BASE]
