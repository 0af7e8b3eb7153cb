"""Check one text: the fourteen checks in their order, and what they come to."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.checks import asked, facts, figures, form, handling, privacy, promise, substance, voices
from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import drafted
from monitor.core.checks.rules import ReleaseRules
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark, Scorecard, scored
from monitor.core.model import Item
from monitor.core.reading.assess import Reader

# A policy is no incident: what is asked of its interpretation is another thing.
OF_A_POLICY = frozenset({Check.ADVICE, Check.SUBSTANCE, Check.PRIVACY, Check.FORM})
NEXT = list(Check).index(Check.NEXT)


class Checker:
    """Checks releases by lists of words and by what the reader makes of them. Immutable: threads may share one."""

    def __init__(self, reader: Reader, rules: ReleaseRules) -> None:
        self._reader = reader
        self.rules = rules

    def checked(self, text: str, known: Circumstances) -> Scorecard:
        """Return what the checks find in a text; the first line is its title where it looks like one.

        Deterministic; raises nothing, whatever the text. The time grows with its length.
        """
        item = Item(title="", region=known.place.code or "000000", published_at=known.now, first_seen_at=known.now)
        draft = drafted(text, self.rules, self._reader, item)
        next_release, promised_at = promise.next_release(draft, known.now)
        solid, measured = substance.substance(draft, known, self.rules.limits)
        found = (
            facts.five_facts(draft, known),
            facts.known_and_unknown(draft),
            handling.rescue(draft, known),
            handling.cause(draft, known),
            handling.advice(draft, known),
            handling.empathy(draft, known),
            asked.coverage(draft, known, self.rules),
            next_release,
            figures.figures(draft, known, self._reader),
            voices.rumour(draft, known),
            solid,
            privacy.personal_data(draft, known, self.rules),
            voices.speaker(draft, known, self.rules),
            form.plain_form(draft),
        )
        counted = tuple(one if self._asked(one, known) else _not_meant(one) for one in found)
        return Scorecard(
            findings=counted,
            score=scored(counted, self.rules.weight),
            promised_at=promised_at if counted[NEXT].mark is Mark.FULFILLED else None,
            measured=measured,
            words=self.rules.version,
        )

    def _asked(self, finding: Finding, known: Circumstances) -> bool:
        if known.policy:
            return finding.check in OF_A_POLICY
        return finding.check is not Check.FORM and known.response in self.rules.checks[finding.check].kinds


def _not_meant(finding: Finding) -> Finding:
    remarks = (Remark(Note.NOT_OF_THIS_KIND),)
    return replace(finding, mark=Mark.NOT_APPLICABLE, proofs=(), remarks=remarks)
