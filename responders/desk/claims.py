"""What people do with claims: look into one, and keep what they found."""

from __future__ import annotations

from datetime import datetime

from monitor.core.errors import N_, Mistake
from monitor.core.incidents.claims import CheckResult
from monitor.core.model import Verb
from monitor.core.particulars import Claim
from monitor.core.text import storable
from monitor.store import claim_checks, decisions
from responders.desk.holder import Holder
from responders.desk.particulars import claim_title

LONGEST = 1000


class BasisMissing(Mistake):
    """Somebody says what is true or false without saying how he knows."""

    message = N_("Say with whom or by what this was verified; it is kept.")


class UnknownClaim(Mistake):
    """A person named a denied rumour that is not stored."""

    message = N_("There is no rumour {id} without an incident. The page of rumours lists them.")


class ClaimDesk(Holder):
    """Keeps what was found of claims. It changes no deadline: what is false still has to be clarified in public."""

    def check(
        self, incident_id: int, claim: Claim | None, result: CheckResult, *, basis: str, by: str, now: datetime
    ) -> int:
        """Keep what was found of a claim of an incident, or of all that is claimed; return the number of the check.

        Raise BasisMissing, ClaimOfAnother.
        """
        why = said(basis)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            title = "" if claim is None else claim_title(connection, incident_id, claim)
            detail = {"result": result.value, "claim": "" if claim is None else claim.name, "title": title}
            decisions.decide(
                connection,
                incident_id,
                Verb.CHECK_CLAIM,
                by=by,
                duty=self._pack.duty,
                now=now,
                reason=why,
                detail={name: value for name, value in detail.items() if value},
                acts=False,
            )
            return claim_checks.add(
                connection, matter_id=incident_id, claim=claim, result=result, basis=why, by=by, now=now
            )

    def check_whisper(self, whisper_id: int, result: CheckResult, *, basis: str, by: str, now: datetime) -> int:
        """Keep what was found of a denied rumour of which no incident is known. Raise BasisMissing, UnknownClaim."""
        why = said(basis)
        with self._database.write() as connection:
            if claim_checks.whisper_title(connection, whisper_id) is None:
                raise UnknownClaim(id=whisper_id)
            claim = Claim(whisper_id=whisper_id)
            return claim_checks.add(connection, matter_id=None, claim=claim, result=result, basis=why, by=by, now=now)


def said(basis: str) -> str:
    """Return by what something was verified; raise BasisMissing."""
    text = " ".join(storable(basis).split())[:LONGEST]
    if not text:
        raise BasisMissing
    return text
