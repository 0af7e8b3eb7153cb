"""Read which kinds of incident may lead to which, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from monitor.config.document import BadDocument, check, read
from monitor.config.part import Part
from monitor.config.rule_fields import Span
from monitor.config.rules import RULES
from monitor.config.wording import nearest
from monitor.core.errors import N_
from monitor.core.incidents.chains import Follows


class _Chain(Part):
    cause: str
    effects: list[str] = Field(min_length=1)
    within: Span


class ChainsFile(Part):
    """chains.yaml."""

    chains: list[_Chain]


def load_chains(kinds: Iterable[str], folder: Path = RULES) -> Follows:
    """Return which kinds may lead to which of `kinds`; raise BadDocument with every mistake in the file."""
    known = list(kinds)
    document = read(folder / "chains.yaml")
    form = check(document, ChainsFile)
    problems = []
    follows: dict[str, dict[str, timedelta]] = {}
    for n, chain in enumerate(form.chains):
        for part, names in (("cause", [chain.cause]), ("effects", chain.effects)):
            for name in names:
                if name not in known:
                    near = nearest(name, known)
                    message = N_("{got} is not known. Did you mean {near}?") if near else N_("{got} is not known.")
                    facts = {"got": name, "near": near} if near else {"got": name}
                    problems.append(document.problem(("chains", n, part), message, **facts))
        follows.setdefault(chain.cause, {}).update(dict.fromkeys(chain.effects, chain.within))
    if problems:
        raise BadDocument(problems)
    return follows
