"""Look at the pages whose turn it is, keep each look with its file and stamp, and tell what no longer stands."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake
from monitor.core.evidence.captures import Finding, Outcome
from monitor.core.evidence.comparing import Difference, difference
from monitor.core.evidence.judging import Step, judge
from monitor.core.evidence.manifest import digest, manifest_of
from monitor.core.evidence.matching import Sign, findings_of
from monitor.core.evidence.subject import Knowledge
from monitor.core.evidence.telling import alert_of
from monitor.gate import Gate
from monitor.loops.evidence.look import Look, look
from monitor.store import decisions, duties, evidence, stamps, troubles, views
from monitor.store.database import Database
from monitor.store.evidence import LEG, Turn
from monitor.store.matter_facts import facts_of
from responders.evidence.authority import Authority, made, stamped
from responders.evidence.stamping import read

# Longer than one look can take, with its redirects.
LEASE = timedelta(minutes=5)
AT_ONCE = 10
AT_WORK_FOR = timedelta(seconds=20)
NO_DIFFERENCE = Difference()
PAGE_GONE = N_("The page is gone ({outcome}); first seen {first}, confirmed {at}.")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """Whose evidence it is: its name, its region, its rules; whether an outside authority stamps as well."""

    bureau: str
    region: str
    pack: RulePack
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Follows the pages of logged responses; any number of processes may do so at once. `say` words what is kept."""

    database: Database
    gate: Gate
    knowledge: Knowledge
    office: Office
    clock: Callable[[], datetime]
    say: Callable[..., str]

    def tick(self, now: datetime) -> int:
        """Look at the pages that are due; return how many looks there were."""
        self._enrol(now)
        looks = 0
        while looks < AT_ONCE and self.clock() - now < AT_WORK_FOR:
            turn = self._begun(self.clock())
            if turn is None:
                break
            self._look(turn)
            looks += 1
        return looks

    def go_round(self, now: datetime) -> int:
        """Take the pages up again whose incident is watched again; return how many."""
        with self.database.write() as connection:
            return evidence.take_up(connection, now)

    def _enrol(self, now: datetime) -> None:
        with self.database.read() as connection:
            if not evidence.is_new(connection):
                return
        with self.database.write() as connection:
            evidence.enrol(connection, now)

    def _begun(self, now: datetime) -> Turn | None:
        with self.database.read() as connection:
            if not evidence.is_due(connection, now):
                return None
        with self.database.write() as connection:
            return evidence.claim(connection, now, lease_until=now + LEASE)

    def _look(self, turn: Turn) -> None:
        """Look at a page and write it down; what cannot be is kept as a trouble and told, and holds up no other."""
        now = self.clock()
        try:
            found = look(self.gate, turn.url, now)
            with self.database.write() as connection:
                duties.lock_matter(connection, evidence.matter_of(connection, turn.response_id))
                if evidence.still_held(connection, turn):
                    self._finish(connection, turn, found, now)
                    troubles.clear(connection, LEG, turn.response_id)
        except Mistake:
            # The database itself fails, not this page.
            raise
        except Exception as error:
            log.exception("response %s", turn.response_id)
            with self.database.write() as connection:
                troubles.note(connection, LEG, turn.response_id, error, now)

    def _finish(self, connection: Connection, turn: Turn, found: Look, now: datetime) -> None:
        turn = replace(turn, matter_id=evidence.matter_of(connection, turn.response_id))
        kept = found.seen.outcome is Outcome.KEPT
        differs = difference(turn.baseline, found.seen) if kept and turn.baseline else NO_DIFFERENCE
        step = judge(turn.followed, found.seen, changed=differs.any, now=now)
        signs, findings = self._read(connection, turn, found, step)
        capture_id = self._keep(connection, turn, found, now, signs=signs, findings=findings, differs=differs)
        baseline_id = capture_id if step.baseline else turn.baseline_id
        evidence.save_followed(connection, turn.response_id, step.followed, baseline_id)
        if step.gone and not evidence.is_retracted(connection, turn.response_id):
            self._reopen(connection, turn, found, now)
        self._tell(connection, turn, found, findings, now, differs=differs)

    def _read(
        self, connection: Connection, turn: Turn, found: Look, step: Step
    ) -> tuple[tuple[Sign, ...], tuple[Finding, ...]]:
        """Return by what the page speaks of its incident, and what people are told of it."""
        if found.seen.outcome is not Outcome.KEPT:
            return (), step.findings
        incident = views.incident(connection, turn.matter_id)
        subject = None if incident is None else self.knowledge.subject(incident)
        signs = self.knowledge.signs(subject, found.seen) if subject is not None and found.seen.text else ()
        if turn.followed.first_kept_at is not None:
            return signs, step.findings
        asked = findings_of(subject, found.seen, signs, turn.published_at)
        return signs, (*step.findings, *self._graver(connection, turn, found, asked))

    def _graver(
        self, connection: Connection, turn: Turn, found: Look, asked: tuple[Finding, ...]
    ) -> tuple[Finding, ...]:
        """Say of a time that is later than was logged that a duty counts as met in time which was not."""
        stated = found.seen.published_at
        if Finding.LATER not in asked or stated is None:
            return asked
        late = evidence.settled_late(connection, turn.response_id, stated)
        return tuple(Finding.LATE if late and one is Finding.LATER else one for one in asked)

    def _keep(
        self,
        connection: Connection,
        turn: Turn,
        found: Look,
        now: datetime,
        *,
        signs: tuple[Sign, ...],
        findings: tuple[Finding, ...],
        differs: Difference,
    ) -> int:
        """Keep the look, its file, its manifest and our own stamp over that; return its number."""
        number, before = evidence.before(connection, turn.response_id)
        warc = digest(found.warc) if found.warc else ""
        manifest = manifest_of(
            _response(turn),
            found.seen,
            bureau=self.office.bureau,
            warc=warc,
            ip=found.ip,
            before=before,
            number=number + 1,
        )
        capture_id = evidence.save_capture(
            connection,
            turn.response_id,
            number + 1,
            found.seen,
            warc=found.warc,
            ip=found.ip,
            outside_due_at=now if self.office.outside else None,
            warc_sha256=warc,
            manifest=manifest.decode("utf-8"),
            manifest_sha256=digest(manifest),
            signs=[sign.value for sign in signs],
            findings=[finding.value for finding in findings],
            removed=list(differs.removed),
            added=list(differs.added),
        )
        self._stamp(connection, capture_id, manifest, now)
        return capture_id

    def _stamp(self, connection: Connection, capture_id: int, manifest: bytes, now: datetime) -> None:
        authority = self._authority(connection, now)
        token = stamped(authority, bytes.fromhex(digest(manifest)), now, secrets.randbits(63))
        stamp = read(token, manifest)
        stamps.save_stamp(
            connection,
            capture_id,
            stamps.INTERNAL,
            token=token,
            at=stamp.at,
            serial=stamp.serial,
            sha256=stamp.digest,
            roots=authority.root,
        )

    def _authority(self, connection: Connection, now: datetime) -> Authority:
        row = stamps.authority(connection)
        if row is None:
            new = made(now, self.office.bureau)
            stamps.save_authority(connection, root=new.root, certificate=new.certificate, key=new.key, now=now)
            row = stamps.authority(connection)
        assert row is not None
        return Authority(row.root, row.certificate, row.key)

    def _reopen(self, connection: Connection, turn: Turn, found: Look, now: datetime) -> None:
        """Let the response no longer count, since its page was first seen to be gone; what it met is owed again."""
        first = turn.followed.troubled_since or now
        reason = self.say(PAGE_GONE, outcome=found.seen.outcome, first=shown(first), at=shown(now))
        decisions.retract(connection, turn.response_id, at=first, by="", reason=reason)
        facts = facts_of(connection, turn.matter_id, self.office.region)
        standing = duties.deadlines_of(connection, turn.matter_id)
        duties.save_review(connection, review(facts, self.office.pack, standing, now), self.office.pack, now)

    def _tell(
        self,
        connection: Connection,
        turn: Turn,
        found: Look,
        findings: tuple[Finding, ...],
        now: datetime,
        *,
        differs: Difference,
    ) -> None:
        seen = found.seen
        detail = {
            "title": turn.title[:200],
            "url": turn.url[:500],
            "outcome": seen.outcome.value,
            "said": seen.detail[:200],
            "logged": turn.published_at.isoformat(),
            "stated": seen.published_raw[:120],
            "page": seen.title[:200],
            "removed": " ".join(differs.removed)[:300],
            "added": " ".join(differs.added)[:300],
        }
        if seen.published_at is not None:
            detail["published"] = seen.published_at.isoformat()
            late = evidence.settled_late(connection, turn.response_id, seen.published_at)
            detail["duties"] = " ".join(late)
        drafts = [
            alert_of(
                finding,
                response_id=turn.response_id,
                matter_id=turn.matter_id,
                logged_at=turn.logged_at,
                now=now,
                mark=now.strftime("%Y%m%dT%H%M%S"),
                detail=detail,
            )
            for finding in findings
        ]
        duties.save_alerts(connection, drafts, now, self.office.pack.duty)


def _response(turn: Turn) -> dict[str, str | int]:
    """Return what the manifest says of the response."""
    return {
        "id": turn.response_id,
        "kind": turn.kind.value,
        "title": turn.title,
        "url": turn.url,
        "by": turn.by,
        "published_at": turn.published_at.isoformat(),
        "logged_at": turn.logged_at.isoformat(),
    }
