"""What was found in the texts of an incident's responses, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.core.checks.kept import KeptCheck
from monitor.store import release_checks
from responders.console.console import Console
from responders.documents.scorecard import Proofs


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """The score of a response's text and what it lacks, its texts finished."""

    score: str
    lacking: tuple[str, ...]


def checked_rows(console: Console, connection: Connection, number: int) -> Mapping[int, CheckedRow]:
    """Return what was found, by the number of the response; the lists of words are only loaded where there is any."""
    kept = release_checks.of_matter(connection, number)
    if not kept:
        return {}
    proofs = proofs_of(console)
    return {response: _row(one, proofs) for response, one in kept.items()}


def proofs_of(console: Console) -> Proofs:
    """Return what words the findings of the checks."""
    return Proofs(console.composer, console.desk.release_rules)


def _row(kept: KeptCheck, proofs: Proofs) -> CheckedRow:
    return CheckedRow(proofs.score(kept.score), tuple(proofs.title(finding) for finding in kept.lacking))
