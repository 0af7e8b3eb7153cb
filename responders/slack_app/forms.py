"""The forms (modals) in Slack, and what is read out of them.

Limits from the Slack documentation, "Views" and "Block Kit": title and buttons 24 characters, label 2,000, placeholder
150, option 75, private_metadata 3,000, callback_id 255.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.core import beijing
from monitor.core.errors import (
    N_,
    BadLink,
    Mistake,
    ReasonMissing,
    ResponseBeforeIncident,
    ResponseInFuture,
    UnreadableTime,
)
from monitor.core.model import LEVEL_OF_NAME, Level, ResponseKind
from responders.channels.safe_text import cut, one_line
from responders.channels.slack_blocks import escaped_size, paragraphs, plain
from responders.labels import label
from responders.language import Words
from responders.slack_app.buttons import Shown
from responders.slack_app.people import Deed

TITLE, LABEL, OPTION, META, TYPED = 24, 200, 75, 3000, 1000
MINUTES = (10, 15, 30, 60, 120)
TITLES = {
    Deed.DISMISS: N_("False alarm"),
    Deed.RESPOND: N_("Log a response"),
    Deed.SNOOZE: N_("Put off"),
    Deed.TAKE_OVER: N_("Take over"),
}
Block = dict[str, Any]


class TitleMissing(Mistake):
    """A response without a title says nothing to those who read the log."""

    message = N_("Give the title of what was published.")


class BadForm(Mistake):
    """A form gave back what we never gave it."""

    message = N_("This form is not one of ours; nothing was changed.")


class KindMissing(Mistake):
    """A form came back without what had to be chosen in it."""

    message = N_("Choose one.")


# Which field a person has to mend; for any other mistake there is none, and it is told above the first.
FIELDS: Mapping[type[Mistake], str] = {
    ReasonMissing: "reason",
    TitleMissing: "title",
    BadLink: "url",
    UnreadableTime: "time",
    ResponseInFuture: "time",
    ResponseBeforeIncident: "time",
    KindMissing: "kind",
}
FIRST = {Deed.DISMISS: "reason", Deed.RESPOND: "title", Deed.SNOOZE: "minutes", Deed.TAKE_OVER: "rota"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form remembers of the button that opened it: what was shown there, and where its answer goes."""

    shown: Shown
    channel: str = ""
    thread: str = ""
    reply_to: str = ""

    def packed(self) -> str:
        """Return it as a form carries it; the address of the answer is left out where it is too long."""
        told = {"s": self.shown.value, "c": self.channel, "t": self.thread, "r": self.reply_to}
        text = json.dumps(told)
        return text if len(text) <= META else json.dumps(told | {"r": ""})

    @classmethod
    def read(cls, text: str) -> Origin:
        """Return what a form carried; raise BadForm."""
        try:
            told = json.loads(text)
        except ValueError:
            raise BadForm from None
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in "sctr"):
            raise BadForm
        return cls(Shown.read(told["s"]), told["c"], told["t"], told["r"])


@dataclass(frozen=True, slots=True)
class Logged:
    """A response as it was typed."""

    kind: ResponseKind
    title: str
    url: str
    published_at: datetime
    level: Level | None


def dismissing(origin: Origin, about: str, words: Words) -> Block:
    """Return the form that asks why it is a false alarm."""
    reason = {"type": "plain_text_input", "action_id": "v", "multiline": True, "max_length": TYPED, "min_length": 1}
    return _view(Deed.DISMISS, origin, about, [_input("reason", words(N_("Reason")), reason)], words)


def snoozing(origin: Origin, about: str, words: Words) -> Block:
    """Return the form that asks for how long nobody is to be paged."""
    options = [_option(words(N_("{minutes} min"), minutes=n), str(n)) for n in MINUTES]
    asked = _input(
        "minutes", words(N_("Page again after, unless somebody goes on with it")), _select(options, options[2])
    )
    return _view(Deed.SNOOZE, origin, about, [asked], words)


def taking_over(origin: Origin, about: str, rotas: Sequence[tuple[str, str]], words: Words) -> Block:
    """Return the form that asks which rota is taken over; `rotas` are ids with their names."""
    options = [_option(name, rota) for rota, name in rotas[:100]]
    asked = _input("rota", words(N_("Duty, until the present shift is over")), _select(options, options[0]))
    return _view(Deed.TAKE_OVER, origin, about, [asked], words)


def responding(
    origin: Origin, about: str, kinds: Sequence[ResponseKind], now: datetime, words: Words, *, levels: bool = False
) -> Block:
    """Return the form for a response; `kinds` with the likeliest first, times in Beijing."""
    here = beijing.local(now)
    options = [_option(words(label(kind)), kind.value) for kind in kinds]
    day = {"type": "datepicker", "action_id": "v", "initial_date": f"{here:%Y-%m-%d}"}
    clock = {"type": "timepicker", "action_id": "v", "initial_time": f"{here:%H:%M}", "timezone": "Asia/Shanghai"}
    url = {"type": "plain_text_input", "action_id": "v", "max_length": 2000}
    blocks = [
        _input("kind", words(N_("Kind")), _select(options, options[0])),
        _input("title", words(N_("Title of what was published, or a note")), _line()),
        _input("url", words(N_("Web address")), url, optional=True),
        _input("day", words(N_("Published on")), day),
        _input("time", words(N_("Published at, Beijing time")), clock),
    ]
    if levels:
        named = [_option(words(label(level)), level.name.lower()) for level in LEVEL_OF_NAME.values()]
        blocks.append(
            _input("level", words(N_("Reported to (only for a report upwards)")), _select(named), optional=True)
        )
    return _view(Deed.RESPOND, origin, about, blocks, words)


def logged(fields: Mapping[str, str]) -> Logged:
    """Read a response out of its form; raise the Mistake of the field that is wrong."""
    kind, title = fields.get("kind", ""), one_line(fields["title"]) if fields.get("title", "").strip() else ""
    if kind not in {known.value for known in ResponseKind}:
        raise KindMissing
    if not title:
        raise TitleMissing
    published_at = beijing.read(f"{fields.get('day', '')} {fields.get('time', '')}")
    level = LEVEL_OF_NAME.get(fields.get("level", ""))
    return Logged(ResponseKind(kind), title, fields.get("url", "").strip(), published_at, level)


def minutes(fields: Mapping[str, str]) -> timedelta:
    """Read for how long; raise KindMissing."""
    if fields.get("minutes", "") not in {str(n) for n in MINUTES}:
        raise KindMissing
    return timedelta(minutes=int(fields["minutes"]))


def kinds_of(satisfying: Iterable[ResponseKind]) -> list[ResponseKind]:
    """Return all kinds of response, those that would meet a running deadline first."""
    wanted = set(satisfying)
    return sorted(ResponseKind, key=lambda kind: kind not in wanted)


def filled(form: Block, typed: Mapping[str, str], told: str) -> Block:
    """Return a form with what was typed in it before, and what is to be known first."""
    blocks = [_filled(block, typed.get(block.get("block_id", ""), "")) for block in form["blocks"]]
    return {**form, "blocks": [*paragraphs(cut(told, 600)), *blocks]}


def _filled(block: Block, value: str) -> Block:
    if block["type"] != "input" or not value:
        return block
    element = dict(block["element"])
    match element["type"]:
        case "static_select":
            chosen = [option for option in element["options"] if option["value"] == value]
            element |= {"initial_option": chosen[0]} if chosen else {}
        case "datepicker":
            element["initial_date"] = value
        case "timepicker":
            element["initial_time"] = value
        case _:
            element["initial_value"] = value[: element["max_length"]]
    return {**block, "element": element}


def _view(deed: Deed, origin: Origin, about: str, blocks: Sequence[Block], words: Words) -> Block:
    return {
        "type": "modal",
        "callback_id": deed.value,
        "private_metadata": origin.packed(),
        "title": plain(cut(words(TITLES[deed]), TITLE, size=escaped_size)),
        "submit": plain(cut(words(N_("Send")), TITLE, size=escaped_size)),
        "close": plain(cut(words(N_("Cancel")), TITLE, size=escaped_size)),
        "blocks": [*paragraphs(cut(about, 600)), *blocks],
    }


def _input(name: str, told: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(cut(told, LABEL, size=escaped_size)),
        "element": element,
        "optional": optional,
    }


def _line() -> Block:
    return {"type": "plain_text_input", "action_id": "v", "max_length": 500, "min_length": 1}


def _select(options: Sequence[Block], initial: Block | None = None) -> Block:
    chosen = {} if initial is None else {"initial_option": initial}
    return {"type": "static_select", "action_id": "v", "options": list(options), **chosen}


def _option(told: str, value: str) -> Block:
    return {"text": plain(cut(one_line(told), OPTION, size=escaped_size)), "value": value}
