"""A workspace with an app in it: members press buttons, send forms and type commands; Slack's own limits hold.

Over a web socket, or signed over HTTP as the test likes. Slack documentation: "Handling user interaction", "Views",
"Slash commands", the pages of views.open, views.publish, chat.postEphemeral, users.info, apps.connections.open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from tests.responders.fakes.markup import has_half_surrogate
from tests.responders.fakes.slack import FakeSlack, Post, Refused
from tests.responders.fakes.slack_rules import TOTAL, problems_of_blocks, problems_of_view, texts, total_text
from tests.responders.fakes.slack_socket import Ack, SocketServer
from tests.responders.fakes.web import Answer, Request

CHANNEL = "C0123ABCD"
TEAM = "T0HOME"
TRIGGER_LIVES, RESPONSE_LIVES, RESPONSE_USES = 3.0, 1800.0, 5


@dataclass(slots=True)
class Shown:
    """A message that only one member sees."""

    user: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str = ""

    @property
    def words(self) -> str:
        return "\n".join(text["text"] for text in texts(self.blocks)) or self.text

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [e for block in self.blocks if block["type"] == "actions" for e in block["elements"]]


@dataclass(slots=True)
class View:
    """An open form."""

    id: str
    user: str
    team: str
    view: dict[str, Any]
    hash: str

    @property
    def words(self) -> str:
        return "\n".join(text["text"] for text in texts([self.view]))

    def initial(self) -> dict[str, str]:
        """Return what stands in each field when the form opens."""
        found: dict[str, str] = {}
        for block in self.view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                option = element.get("initial_option", {}).get("value", "")
                names = ("initial_value", "initial_date", "initial_time")
                found[block["block_id"]] = option or next((element[n] for n in names if n in element), "")
        return found


@dataclass(slots=True)
class Response:
    """An address at which an interaction can be answered."""

    user: str
    made_at: float
    uses: int = 0


@dataclass(slots=True)
class Opened:
    """Whose press a trigger is of."""

    user: str
    team: str
    made_at: float
    used: bool = False


class FakeSlackApp(FakeSlack):
    """The app's side of the workspace; `socket` is Socket Mode's server."""

    def __init__(self, *, app_token: str = "xapp-1-right", **more: Any) -> None:
        super().__init__(**{"burst": 50, **more})
        self.app_token = app_token
        self.socket = SocketServer()
        self.scopes |= {"commands", "users:read"}
        self.ticket_error = ""
        self.locales: dict[str, str] = {}
        self.shown: list[Shown] = []
        self.views: list[View] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self._triggers: dict[str, Opened] = {}
        self._responses: dict[str, Response] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        self.socket.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.__exit__()
        super().__exit__(kind, error, trace)

    # What the app may ask

    def handle(self, request: Request) -> Answer:
        if request.path.startswith("/response/"):
            return self._respond(request)
        method = request.path.removeprefix("/api/")
        mine: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "apps.connections.open": self._ticket,
            "views.open": self._open,
            "views.publish": self._publish,
            "chat.postEphemeral": self._ephemeral,
            "users.info": self._user,
            "auth.test": lambda _: {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT"},
        }
        if method not in mine:
            return super().handle(request)
        try:
            arguments = self._arguments(request)
            if method == "apps.connections.open":
                self._authorise_app(request)
            else:
                self._authorise(request, arguments)
            headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
            return Answer({"ok": True, **mine[method](arguments)}, headers=headers)
        except Refused as refused:
            return refused.answer

    def _authorise_app(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token.startswith("xoxb-"):
            raise Refused("not_allowed_token_type")
        if token != self.app_token:
            raise Refused("invalid_auth")

    def _ticket(self, _: dict[str, Any]) -> dict[str, Any]:
        if self.ticket_error:
            raise Refused(self.ticket_error)
        return {"url": self.socket.ticket()}

    def _open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        trigger = self._triggers.get(str(arguments.get("trigger_id")))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if self.clock() - trigger.made_at > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        view = _json(arguments.get("view"))
        self._refuse_view(view, "modal")
        trigger.used = True
        self.views.append(View(f"V{uuid4().hex[:10].upper()}", trigger.user, trigger.team, view, uuid4().hex[:8]))
        return {"view": {"id": self.views[-1].id}}

    def _publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        view = _json(arguments.get("view"))
        self._refuse_view(view, "home")
        self.homes[str(arguments["user_id"])] = view
        return {}

    def _refuse_view(self, view: Any, kind: str) -> None:
        problems = problems_of_view(view)
        if problems or view["type"] != kind or has_half_surrogate(view):
            raise Refused("invalid_arguments", response_metadata={"messages": problems})

    def _ephemeral(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._channel(arguments)
        self._refuse_message(arguments)
        thread = str(arguments.get("thread_ts", ""))
        self.shown.append(Shown(str(arguments["user"]), arguments["text"], arguments.get("blocks", []), thread))
        return {"message_ts": "1.1"}

    def _user(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if "users:read" not in self.scopes:
            raise Refused("missing_scope", needed="users:read")
        locale = self.locales.get(str(arguments["user"]), "zh-CN")
        return {
            "user": {"id": arguments["user"], "locale": locale} if arguments.get("include_locale") == "true" else {}
        }

    def _respond(self, request: Request) -> Answer:
        response = self._responses.get(request.path.removeprefix("/response/"))
        if response is None or self.clock() - response.made_at > RESPONSE_LIVES or response.uses >= RESPONSE_USES:
            return Answer(b"expired_url", 404)
        said = json.loads(request.body)
        try:
            self._refuse_message(said)
        except Refused as refused:
            return Answer(refused.answer.value, 400)
        response.uses += 1
        assert said.get("response_type") == "ephemeral"
        assert said.get("replace_original") is False
        self.shown.append(Shown(response.user, said["text"], said.get("blocks", []), said.get("thread_ts", "")))
        return Answer(b"ok")

    def _refuse_message(self, said: Mapping[str, Any]) -> None:
        problems = problems_of_blocks(said.get("blocks", []))
        if problems or total_text(said.get("blocks", [])) > TOTAL or not str(said.get("text", "")).strip():
            raise Refused("invalid_blocks", response_metadata={"messages": problems})

    # What members do

    def press(self, user: str, on: Post | Shown, button: str, *, team: str = TEAM, **more: Any) -> Ack | None:
        """Let a member press a button; return how the app acknowledged it."""
        return self.sent("interactive", self.pressing(user, on, button, team=team, **more))

    def pressing(
        self, user: str, on: Post | Shown, button: str, *, team: str = TEAM, value: str | None = None, at: str = ""
    ) -> dict[str, Any]:
        """Return what Slack tells of a press; `at` is when, so that the same press can be told twice."""
        elements = [e for block in on.blocks if block["type"] == "actions" for e in block["elements"]]
        pressed = next((e for e in elements if e["action_id"] == button), {"action_id": button, "value": ""})
        action = {"type": "button", "action_id": button, "block_id": "acts"}
        action |= {"value": pressed["value"] if value is None else value, "action_ts": at or f"{uuid4().int % 10**9}.1"}
        ts, thread = (on.ts, on.thread_ts or "") if isinstance(on, Post) else ("1.1", on.thread)
        box: dict[str, Any] = {"type": "message", "message_ts": ts, "channel_id": CHANNEL}
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": team, "name": user.lower()},
            "api_app_id": "A0APP",
            "trigger_id": self.trigger(user, team),
            "container": box | ({"thread_ts": thread} if thread else {}),
            "channel": {"id": CHANNEL},
            "message": {"ts": ts, "blocks": on.blocks, "text": on.text},
            "response_url": self.response_url(user),
            "actions": [action],
        }

    def submit(self, view: View, **typed: str) -> Ack | None:
        """Let a member send a form with some of its fields filled; Slack itself refuses what is left empty."""
        return self.sent("interactive", self.submitting(view, **typed))

    def submitting(self, view: View, **typed: str) -> dict[str, Any]:
        """Return what Slack tells of a form that is sent."""
        values: dict[str, Any] = {}
        filled = view.initial() | typed
        for block in view.view["blocks"]:
            if block["type"] != "input":
                continue
            name, element = block["block_id"], block["element"]
            value = filled.get(name, "")
            assert value or block.get("optional"), f"Slack does not send a form whose {name} is empty"
            assert len(value) <= element.get("max_length", 3000)
            told: dict[str, Any] = {"type": element["type"]}
            match element["type"]:
                case "static_select":
                    assert not value or value in [option["value"] for option in element["options"]]
                    told["selected_option"] = {"value": value} if value else None
                case "datepicker":
                    told["selected_date"] = value
                case "timepicker":
                    told["selected_time"] = value
                case _:
                    told["value"] = value or None
            values[name] = {element["action_id"]: told}
        shown = {k: view.view[k] for k in ("callback_id", "private_metadata", "blocks")}
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": view.user, "team_id": view.team},
            "trigger_id": self.trigger(view.user, view.team),
            "view": {"id": view.id, "hash": view.hash, "state": {"values": values}, **shown},
        }

    def command(self, user: str, text: str = "", *, team: str = TEAM) -> Ack | None:
        """Let a member type /huiying."""
        return self.sent("slash_commands", self.commanding(user, text, team=team))

    def commanding(self, user: str, text: str = "", *, team: str = TEAM) -> dict[str, Any]:
        """Return what Slack tells of a command."""
        return {
            "command": "/huiying",
            "text": text,
            "team_id": team,
            "user_id": user,
            "channel_id": CHANNEL,
            "trigger_id": self.trigger(user, team),
            "response_url": self.response_url(user),
        }

    def open_home(self, user: str, *, team: str = TEAM) -> Ack | None:
        """Let a member look at the app's Home tab."""
        event = {"type": "app_home_opened", "user": user, "tab": "home"}
        payload = {"type": "event_callback", "team_id": team, "event_id": f"Ev{uuid4().hex}", "event": event}
        return self.sent("events_api", payload)

    def sent(self, kind: str, payload: dict[str, Any], seconds: float = 30) -> Ack | None:
        """Send an envelope, wait for its acknowledgement, and do with it what Slack does."""
        ack = self.socket.ack(self.socket.send(kind, payload), seconds)
        if ack is not None:
            self.obey(payload, ack.body)
        return ack

    def obey(self, payload: Mapping[str, Any], body: dict[str, Any]) -> None:
        """Do what an acknowledgement says; raise where Slack would show an error."""
        if "command" in payload and body:
            self._refuse_message(body)
            self.shown.append(Shown(payload["user_id"], body["text"], body.get("blocks", [])))
        if payload.get("type") != "view_submission":
            return
        view = next(view for view in self.views if view.id == payload["view"]["id"])
        blocks = {block.get("block_id") for block in view.view["blocks"]}
        match body.get("response_action"):
            case "errors":
                assert set(body["errors"]) <= blocks, "errors name blocks of the form"
                assert all(body["errors"].values())
            case "update":
                assert problems_of_view(body["view"]) == []
                view.view, view.hash = body["view"], uuid4().hex[:8]
            case "clear" | None:
                self.views.remove(view)
            case other:
                raise AssertionError(other)

    def told(self, user: str) -> Shown:
        """Wait for the latest message that only this member sees, and take it away."""
        assert self.socket.wait(lambda: any(one.user == user for one in self.shown)), f"nothing was told to {user}"
        latest = [one for one in self.shown if one.user == user][-1]
        # In place: another message may just be coming.
        for one in [one for one in self.shown if one.user == user]:
            self.shown.remove(one)
        return latest

    def form(self, user: str) -> View:
        """Wait for the form that was opened for a member."""
        assert self.socket.wait(lambda: any(one.user == user for one in self.views)), f"no form was opened for {user}"
        return [one for one in self.views if one.user == user][-1]

    def trigger(self, user: str, team: str) -> str:
        name = f"{uuid4().int % 10**12}.{uuid4().hex[:8]}"
        self._triggers[name] = Opened(user, team, self.clock())
        return name

    def response_url(self, user: str) -> str:
        name = uuid4().hex
        self._responses[name] = Response(user, self.clock())
        return f"{self.url}/response/{name}"


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


__all__ = ["CHANNEL", "TEAM", "FakeSlackApp", "Shown", "View"]
