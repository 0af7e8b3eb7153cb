"""The secrecy review sheet of a release: what was to be published, who looked at it, what they said.

Rows and texts only; the page and the file for the word processor are made from the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.core.beijing import shown
from monitor.core.drafts import gates
from monitor.core.drafts.draft import Draft, DraftState, Gate, GateStep, Verdict, digest
from monitor.core.errors import N_
from monitor.core.views import IncidentView, ResponseView
from responders.documents.messages import Composer
from responders.labels import label

Clean = Callable[[str], str]
NAME = N_("Secrecy review sheet for open government information")
BASIS = N_(
    "Regulations on Open Government Information, article 17; Law on Guarding State Secrets, article 35; "
    "its implementing regulations, article 42"
)
MADE_BY = N_("Made by Huiying from its records. The SHA-256 is over kind, title, text and place as they stand above.")
UNSIGNED = N_("Not passed before publication")
STILL_OWED = N_("Owed until {until}")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said at a gate; `said` is finished, `name` and `at` are empty where nobody did."""

    gate: str
    name: str
    at: str
    said: str


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """A review sheet, its texts finished and harmless."""

    name: str
    unit: str
    rows: tuple[tuple[str, str], ...]
    text: str
    opinions: tuple[Opinion, ...]
    hash: str
    foot: str
    heads: tuple[str, str, str, str]
    text_head: str
    sign_here: str


def sheet_of(
    draft: Draft,
    path: tuple[Gate, ...],
    incident: IncidentView,
    response: ResponseView | None,
    composer: Composer,
    unit: str,
    visible: Clean,
) -> ReviewSheet:
    """Return the sheet of a draft as it stands; one that is published names its response.

    `path` are the gates asked of it. `visible` takes out of a text what no paper can show, or what reorders it.
    """
    words = composer.words
    return ReviewSheet(
        name=words(NAME),
        unit=visible(unit),
        rows=tuple(
            (words(name), _line(value, visible)) for name, value in _rows(draft, incident, response, composer, unit)
        ),
        text=visible(draft.wording.text),
        opinions=tuple(_opinion(draft, gate, composer, visible) for gate in path),
        hash=digest(draft.wording),
        foot=words(MADE_BY),
        heads=(words(N_("Gate")), words(N_("Opinion")), words(N_("Name and date")), words(N_("Signature"))),
        text_head=words(N_("Text")),
        sign_here=words(N_("(signature)")),
    )


def _rows(
    draft: Draft, incident: IncidentView, response: ResponseView | None, composer: Composer, unit: str
) -> Iterator[tuple[str, str]]:
    words, comma = composer.words, composer.words(N_(", "))
    yield N_("Unit"), unit or "—"
    yield N_("Drafted by"), comma.join(dict.fromkeys(author.name for author in draft.authors))
    yield N_("Title"), draft.wording.title
    yield N_("Concerning"), f"#{incident.id} {incident.title} ({composer.place(incident)})"
    yield N_("Kind of response"), words(label(draft.wording.kind))
    yield N_("Where it is published"), draft.wording.place or "—"
    yield N_("Basis of the review"), words(BASIS)
    last = gates.last_at(draft, Gate.PUBLICATION)
    if response is not None and last is not None:
        yield N_("Published"), f"{shown(response.published_at)} {response.url} ({last.by.name})"
        if last.verdict is Verdict.PUBLISHED_URGENTLY:
            yield N_("Published before review because"), last.comment
    if draft.later_due_at is not None:
        yield N_("Later review"), words(STILL_OWED, until=shown(draft.later_due_at))
    yield N_("Draft and version"), f"{draft.id} / {draft.version.number}"


def _opinion(draft: Draft, gate: Gate, composer: Composer, visible: Clean) -> Opinion:
    words, last = composer.words, gates.last_at(draft, gate)
    name = words(label(gate))
    if last is None:
        return Opinion(name, "", "", words(UNSIGNED) if draft.state is DraftState.PUBLISHED else "")
    parts = [words(label(last.verdict)), *([words(N_("(after publication)"))] if _after(draft, last) else [])]
    said = _line(" ".join([*parts, last.comment]), visible)
    return Opinion(name, _line(last.by.name, visible), shown(last.at), said)


def _after(draft: Draft, step: GateStep) -> bool:
    return draft.published_at is not None and step.at > draft.published_at


def _line(text: str, visible: Clean) -> str:
    return " ".join(visible(text).split())
