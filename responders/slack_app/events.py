"""Read what Slack sends into one plain shape; whatever is not what Slack documents is refused, not guessed at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

TEAM = re.compile(r"[TE][A-Z0-9]{2,20}")
USER = re.compile(r"[UW][A-Z0-9]{2,20}")
LONGEST = 4000


class Kind(StrEnum):
    """What came in."""

    PRESS = "press"
    FORM = "form"
    COMMAND = "command"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that one person did in Slack. `key` is the same however often Slack sends it.

    `act` is the button's or form's name, `value` what we gave it; `fields` are a form's, by block. `channel` and
    `thread` say where it was pressed.
    """

    kind: Kind
    key: str
    team: str
    user: str
    act: str = ""
    value: str = ""
    text: str = ""
    channel: str = ""
    thread: str = ""
    trigger: str = ""
    reply_to: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return the event as it is stored until it is done."""
        return asdict(self) | {"kind": self.kind.value}

    @classmethod
    def stored(cls, plain: Mapping[str, Any]) -> Event:
        """Return what `plain` stored."""
        return cls(**{**plain, "kind": Kind(plain["kind"])})


def event_of(kind: str, payload: Mapping[str, Any]) -> Event | None:
    """Return the event in an envelope of type `kind`; None for what is none of ours or has not its form.

    `kind` is interactive, slash_commands or events_api (Slack documentation, "Using Socket Mode"). Payloads from the
    pages of block_actions, view_submission, slash commands and app_home_opened.
    """
    if kind == "slash_commands":
        return _command(payload)
    if kind == "events_api":
        return _home(payload)
    if kind == "interactive" and payload.get("type") == "block_actions":
        return _press(payload)
    if kind == "interactive" and payload.get("type") == "view_submission":
        return _form(payload)
    return None


def _press(payload: Mapping[str, Any]) -> Event | None:
    action = next((one for one in _list(payload, "actions") if isinstance(one, dict)), {})
    box, message = _part(payload, "container"), _part(payload, "message")
    own, thread = _text(box, "message_ts"), _text(box, "thread_ts") or _text(message, "thread_ts")
    at = _text(box, "message_ts") or _text(message, "ts") or _text(_part(payload, "view"), "id")
    act, when = _text(action, "action_id"), _text(action, "action_ts")
    team, user = _who(payload)
    if not (act and when and _is_person(team, user)):
        return None
    return Event(
        kind=Kind.PRESS,
        key=f"press:{team}:{user}:{at}:{act}:{when}",
        team=team,
        user=user,
        act=act,
        value=_text(action, "value"),
        channel=_text(box, "channel_id") or _text(_part(payload, "channel"), "id"),
        # The first message of a thread stands in the channel, and so does what is answered to it.
        thread="" if thread == own else thread,
        trigger=_text(payload, "trigger_id"),
        reply_to=_text(payload, "response_url"),
    )


def _form(payload: Mapping[str, Any]) -> Event | None:
    view = _part(payload, "view")
    team, user = _who(payload)
    name, act = _text(view, "id"), _text(view, "callback_id")
    if not (name and act and _is_person(team, user)):
        return None
    return Event(
        kind=Kind.FORM,
        key=f"form:{team}:{user}:{name}:{_text(view, 'hash')}",
        team=team,
        user=user,
        act=act,
        value=_text(view, "private_metadata"),
        trigger=_text(payload, "trigger_id"),
        fields=_fields(_part(_part(view, "state"), "values")),
    )


def _fields(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed or chosen, block by block; an empty field is an empty text."""
    found: dict[str, str] = {}
    for block, actions in values.items():
        chosen = (
            next((one for one in actions.values() if isinstance(one, dict)), {}) if isinstance(actions, dict) else {}
        )
        option = chosen.get("selected_option")
        texts = (
            _text(chosen, "value"),
            _text(option, "value") if isinstance(option, dict) else "",
            _text(chosen, "selected_date"),
            _text(chosen, "selected_time"),
        )
        found[str(block)[:100]] = next((text for text in texts if text), "")
    return found


def _command(payload: Mapping[str, Any]) -> Event | None:
    team, user, trigger = _text(payload, "team_id"), _text(payload, "user_id"), _text(payload, "trigger_id")
    if not (trigger and _is_person(team, user)):
        return None
    return Event(
        kind=Kind.COMMAND,
        key=f"command:{team}:{user}:{trigger}",
        team=team,
        user=user,
        text=_text(payload, "text"),
        channel=_text(payload, "channel_id"),
        trigger=trigger,
        reply_to=_text(payload, "response_url"),
    )


def _home(payload: Mapping[str, Any]) -> Event | None:
    event = _part(payload, "event")
    team, user, name = _text(payload, "team_id"), _text(event, "user"), _text(payload, "event_id")
    if event.get("type") != "app_home_opened" or event.get("tab") != "home" or not (name and _is_person(team, user)):
        return None
    return Event(kind=Kind.HOME, key=f"home:{team}:{name}", team=team, user=user)


def _who(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return the workspace that the person belongs to, which need not be ours, and his ID."""
    user = _part(payload, "user")
    team = _text(user, "team_id") or _text(_part(payload, "team"), "id")
    return team, _text(user, "id")


def _is_person(team: str, user: str) -> bool:
    return bool(TEAM.fullmatch(team) and USER.fullmatch(user))


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _text(value: Mapping[str, Any], name: str) -> str:
    """Return a text that every database takes: no zero character, no half of a surrogate pair."""
    found = value.get(name)
    if not isinstance(found, str):
        return ""
    return found[:LONGEST].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
