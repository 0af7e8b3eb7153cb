"""Load the rule packs of an office as one: local packs laid over the national one, and what the office does not do off.

Local terms may only be stricter: what is looser is refused with its line, never silently left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.config.document import BadDocument, Problem
from monitor.config.rules import PackRead, read_pack
from monitor.core.duties.law import Group, Role
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.overlays import Clash, Conflict, conflicts, joined, switched
from monitor.core.errors import N_

SAID = {
    Clash.NO_BASE: N_("{pack} is laid over {other}. Name both, like rules: [{other}, {pack}]."),
    Clash.UNKNOWN_RULE: N_(
        "There is no obligation {rule} to be stricter than. Correct its id, or write an obligation."
    ),
    Clash.LOOSER: N_("These terms for {rule} end later than its own. Local terms may only be stricter; take them out."),
    Clash.MIXED: N_(
        "These terms for {rule} end now sooner, now later than its own. Write them as an obligation of another id, so "
        "that both run side by side."
    ),
    Clash.SAME: N_("These terms for {rule} are those that it has anyway. Take them out."),
    Clash.TAKEN: N_("The id {rule} is taken by the pack {other}. Give it another here, or put it under stricter."),
    Clash.NAMED_TWICE: N_("The pack {pack} is named twice. Take one out."),
}


def load_rules(names: Sequence[str], groups: Collection[Group], role: Role) -> RulePack:
    """Load the packs of an office; raise BadDocument with every mistake in any of them or between them."""
    return switched(joined([read.pack for read in read_packs(names)]), groups, role)


def read_packs(names: Sequence[str]) -> list[PackRead]:
    """Read packs that are to be used together; raise BadDocument with every mistake in any of them or between them."""
    found: list[PackRead] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(read_pack(name))
        except BadDocument as bad:
            problems += bad.problems
    if not problems:
        problems = [_problem(conflict, found) for conflict in conflicts([read.pack for read in found])]
    if problems:
        raise BadDocument(problems)
    return found


def with_base(name: str) -> list[PackRead]:
    """Read a pack together with the one that it is laid over, the base first."""
    read = read_pack(name)
    return [read] if read.pack.overlay_of is None else read_packs([read.pack.overlay_of, name])


def _problem(conflict: Conflict, packs: Sequence[PackRead]) -> Problem:
    document = next(read.document for read in reversed(packs) if read.pack.id == conflict.pack)
    facts = {"pack": conflict.pack, "rule": conflict.rule, "other": conflict.other}
    if conflict.clash is Clash.TAKEN:
        keys = ("obligations", "duties")
        entries = ((key, n, part) for key in keys for n, part in enumerate(document.value.get(key) or ()))
        where = next((key, n, "id") for key, n, part in entries if part["id"] == conflict.rule)
        return document.problem(where, SAID[conflict.clash], **facts)
    if conflict.clash in (Clash.NO_BASE, Clash.NAMED_TWICE):
        return document.problem(("overlay_of",), SAID[conflict.clash], **facts)
    key = "rule" if conflict.clash is Clash.UNKNOWN_RULE else "due"
    return document.problem(("stricter", conflict.number, key), SAID[conflict.clash], **facts)
