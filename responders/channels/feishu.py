"""Feishu (and Lark) custom group robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from monitor.core.errors import N_
from responders.channels.base import Link, Message, Tone
from responders.channels.layout import fitted, marked, parts
from responders.channels.robot import Refusal, json_size
from responders.channels.safe_text import CUT_MARK, cut, harmless
from responders.channels.signed_robot import ALLOW_ADDRESS, KEYWORDS, SignedRobot

TITLE_LIMIT = 150
LABEL_LIMIT = 60
LINKS_BYTES = 6_000

HEADER: Mapping[Tone, str] = {Tone.CALM: "blue", Tone.NOTICE: "yellow", Tone.URGENT: "red", Tone.DONE: "green"}

NEW_ROBOT = N_("The robot is gone or its address is wrong. Add a custom robot to the group and set its new webhook.")
WRONG_KIND = N_("Feishu cannot read the card. Use the webhook of a custom group robot, not that of a workflow.")
WRONG_SECRET = N_("The signature was refused. Copy the robot's signing secret again and set the clock of this machine.")


class Feishu(SignedRobot):
    """Posts a card of plain-text elements, which Feishu does not parse; signs where the robot has a secret."""

    too_fast = frozenset({11232})
    code_keys = ("code", "StatusCode")
    said_keys = ("msg", "StatusMessage")
    # Feishu open platform, "custom bot usage guide".
    refusals = {  # noqa: RUF012 - never changed
        19001: Refusal(permanent=True, remedy=NEW_ROBOT),
        19002: Refusal(permanent=True, remedy=WRONG_KIND),
        19007: Refusal(permanent=True, remedy=NEW_ROBOT),
        19021: Refusal(permanent=True, remedy=WRONG_SECRET),
        19022: Refusal(permanent=True, remedy=ALLOW_ADDRESS),
        19024: Refusal(permanent=True, remedy=KEYWORDS),
        19036: Refusal(final=True),
    }

    def payload(self, message: Message, note: str) -> dict[str, object]:
        """Return a card, signed; nothing of the message itself is live."""
        said = parts(message, note=note)
        title = marked(cut(harmless(said.title), TITLE_LIMIT), message.tone)
        header = {"template": HEADER[message.tone], "title": {"tag": "plain_text", "content": title}}
        buttons = _buttons(said.links)
        end = f"\n{CUT_MARK.strip()}" if len(buttons) < len(said.links) else ""
        row = [{"tag": "action", "actions": buttons}] if buttons else []
        signature = self._signature()
        whom = _rung(message.to)

        def body(text: str) -> dict[str, object]:
            elements = [*whom, {"tag": "div", "text": {"tag": "plain_text", "content": text}}, *row]
            card = {"config": {"wide_screen_mode": True}, "header": header, "elements": elements}
            return {**signature, "msg_type": "interactive", "card": card}

        return body(
            fitted("", harmless(said.text) or title, end, self._sizes["body"], size=lambda text: json_size(body(text)))
        )

    def meaning(self, code: int, said: str) -> Refusal:
        """Return what the code means; 9499 is both a bad request and a crowded one, told apart by its wording."""
        found = super().meaning(code, said)
        if code == 9499 and found.retry_after is None:
            return Refusal(permanent=True, remedy=WRONG_KIND)
        return found

    def _signature(self) -> dict[str, object]:
        """Return timestamp (s) and sign: the text to sign is the key, and the message signed is empty."""
        if not self._secret:
            return {}
        timestamp = str(int(self._clock()))
        seal = hmac.new(f"{timestamp}\n{self._secret}".encode(), b"", hashlib.sha256).digest()
        return {"timestamp": timestamp, "sign": base64.b64encode(seal).decode("ascii")}


def _rung(member: str) -> list[dict[str, object]]:
    """Return what rings one member by his open_id; whatever is none rings nobody and is shown as it is."""
    if not member:
        return []
    if re.fullmatch(r"ou_\w+", member):
        return [{"tag": "div", "text": {"tag": "lark_md", "content": f"<at id={member}></at>"}}]
    return [{"tag": "div", "text": {"tag": "plain_text", "content": harmless(member)}}]


def _buttons(links: tuple[Link, ...]) -> list[dict[str, object]]:
    """Return as many buttons as leave room for the text."""
    actions: list[dict[str, object]] = []
    for link in links:
        label = {"tag": "plain_text", "content": cut(harmless(link.label), LABEL_LIMIT)}
        button: dict[str, object] = {"tag": "button", "type": "default", "text": label, "url": link.url}
        if json_size([*actions, button]) > LINKS_BYTES:
            break
        actions.append(button)
    return actions
