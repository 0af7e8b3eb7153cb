"""The rule packs: read them as a list, try their worked examples, see what changed between two."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from monitor.cli import table
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.overlays import load_rules, with_base
from monitor.config.rules import PACKS, PackRead
from monitor.config.settings import load_settings
from monitor.core.beijing import shown
from monitor.core.duties.changes import Difference, differences
from monitor.core.duties.examples import all_on, untried, wrong
from monitor.core.duties.law import LastingDuty
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.overlays import joined
from monitor.core.errors import N_, Mistake
from responders.documents.law import duty_entry, obligation_entry
from responders.documents.rule_changes import difference_said, part_plain


class UnknownRule(Mistake):
    """A person named a rule that none of the packs has."""

    message = N_("There is no rule {id}. List them with `huiying rules show`.")


@click.group(help=say(COMMAND_HELP["rules"]))
def group() -> None:
    """Hold the commands about rule packs together."""


@group.command("show", help=say(N_("Read the rules: what is owed, by when, on whose word.")))
@click.argument("rule", required=False)
@click.option(
    "--pack", "packs", multiple=True, help=say(N_("A pack instead of those in use; may be given several times."))
)
@JSON
def show(rule: str | None, packs: tuple[str, ...], *, as_json: bool) -> None:
    """Show the rules of the packs in use, or one of them."""
    pack = _pack(packs)
    entries: list[Obligation | LastingDuty] = [*pack.obligations, *pack.duties]
    chosen = [entry for entry in entries if rule is None or entry.id == rule.upper()]
    if rule is not None and not chosen:
        raise UnknownRule(id=rule)
    if as_json:
        table.as_json(map(_plain, chosen))
        return
    for entry in chosen:
        read = obligation_entry(entry, say) if isinstance(entry, Obligation) else duty_entry(entry, say)
        click.echo(table.line(f"{read.id}  {read.head}"))
        for line in read.lines:
            click.echo(f"    {table.line(line)}")


@group.command("test", help=say(N_("Try the worked examples that stand in the packs; exit 1 where one does not hold.")))
@click.argument("packs", nargs=-1)
@JSON
def test(packs: tuple[str, ...], *, as_json: bool) -> None:
    """Try the examples of the packs that are named, else of all shipped ones and those in use."""
    faults = 0
    for name in packs or _all_packs():
        reads = with_base(name)
        found = list(_tried(reads))
        faults += len(found)
        own = reads[-1]
        if as_json:
            table.as_json(found or [{"pack": own.pack.label, "examples": len(own.examples), "holds": True}])
            continue
        for fault in found:
            click.echo(table.line(_fault(fault)), err=True)
        if not found:
            click.echo(say(N_("{pack}: {count} example(s) hold."), pack=own.pack.label, count=len(own.examples)))
        if missing := untried(own.examples, own.pack):
            click.echo(say(N_("No example tries: {rules}"), rules=", ".join(missing)))
    if faults:
        sys.exit(1)


@group.command("diff", help=say(N_("Say what changed from one pack or version to another.")))
@click.argument("before")
@click.argument("after")
@JSON
def diff(before: str, after: str, *, as_json: bool) -> None:
    """Compare two packs."""
    found = list(differences(_alone(before), _alone(after)))
    if as_json:
        table.as_json(
            {**asdict(one), "before": part_plain(one.before), "after": part_plain(one.after)} for one in found
        )
        return
    for one in found:
        click.echo(table.line(difference_said(one, say)))
    if not found:
        click.echo(say(N_("Nothing changed.")))


def _pack(names: Sequence[str]) -> RulePack:
    """Return the packs that are named, else those in use, as one; what the office does not do is off."""
    form = load_settings(secrets=False).form
    return load_rules(names or form.rules, form.groups, form.role)


def _alone(name: str) -> RulePack:
    return joined([read.pack for read in with_base(name)])


def _all_packs() -> list[str]:
    shipped = sorted(path.stem for path in PACKS.glob("*.yaml"))
    own = [name for name in load_settings(secrets=False).form.rules if name not in shipped]
    return [*shipped, *own]


def _tried(reads: Sequence[PackRead]) -> Iterator[dict[str, Any]]:
    """Yield where the examples of the last pack do not hold: the file, the line, what was expected and what found."""
    own = reads[-1]
    pack = all_on(joined([read.pack for read in reads]))
    for number, example in enumerate(own.examples):
        for fault in wrong(example, pack):
            line = own.document.line(("examples", number, "then", fault.rule))
            yield {"file": own.document.file, "line": line, **asdict(fault)}


def _fault(fault: dict[str, Any]) -> str:
    said = say(
        N_("{rule} should be due {expected}, but is due {found}."),
        rule=fault["rule"], expected=_moment(fault["expected"]), found=_moment(fault["found"]),
    )  # fmt: skip
    return f"{fault['file']}:{fault['line']}: {said}"


def _moment(at: datetime | None) -> str:
    return say(N_("never")) if at is None else shown(at)


def difference_plain(one: Difference) -> dict[str, Any]:
    """Return one difference as JSON can hold it."""
    before, after = part_plain(one.before), part_plain(one.after)
    return {"rule": one.rule, "change": one.change, "part": one.part, "before": before, "after": after}


def _plain(entry: Obligation | LastingDuty) -> dict[str, Any]:
    return {key: part_plain(getattr(entry, key)) for key in type(entry).__dataclass_fields__}
