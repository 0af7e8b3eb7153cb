"""DingTalk custom group robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote_plus

from monitor.core.errors import N_
from responders.channels.base import Message
from responders.channels.layout import fitted, marked, parts, within
from responders.channels.robot import Refusal, json_size
from responders.channels.safe_text import cut, harmless
from responders.channels.signed_robot import ALLOW_ADDRESS, KEYWORDS, SignedRobot

# DingTalk bounds the whole body; the figure is not in its documentation but in its refusal 460101.
TITLE_LIMIT = 120
LINKS_BYTES = 6_000

NEW_ROBOT = N_("The robot or its group is gone, or its address is wrong. Add a robot and set its new webhook.")
ROBOT_STOPPED = N_("The robot was stopped. Let the owner of the group switch it on again.")
WORDING = N_("DingTalk does not let this wording or link pass. Read the alert in the console.")
WRONG_SECRET = N_("The signature was refused. Copy the robot's signing secret again.")
WRONG_CLOCK = N_("The time of the signature was refused. Set the clock of this machine.")
SECURITY = N_("The robot's security setting refused the message. Use signing and set the secret here.")


class DingTalk(SignedRobot):
    """Posts Markdown; signs where the robot has a secret."""

    too_fast = frozenset({130101, 410100})
    # DingTalk open platform, "custom robot access" and the error codes of robot/send.
    refusals = {  # noqa: RUF012 - never changed
        300001: Refusal(permanent=True, remedy=NEW_ROBOT),
        300005: Refusal(permanent=True, remedy=NEW_ROBOT),
        400013: Refusal(permanent=True, remedy=NEW_ROBOT),
        400101: Refusal(permanent=True, remedy=NEW_ROBOT),
        400102: Refusal(permanent=True, remedy=ROBOT_STOPPED),
        400106: Refusal(permanent=True, remedy=NEW_ROBOT),
        430101: Refusal(final=True, remedy=WORDING),
        430102: Refusal(final=True, remedy=WORDING),
        430103: Refusal(final=True, remedy=WORDING),
        430104: Refusal(final=True, remedy=WORDING),
        40035: Refusal(final=True),
        43004: Refusal(final=True),
        400105: Refusal(final=True),
        460101: Refusal(final=True),
    }

    def address(self) -> str:
        """Return the webhook with timestamp (ms) and signature, which must be quoted exactly once."""
        if not self._secret:
            return self._url
        timestamp = str(int(self._clock() * 1000))
        seal = hmac.new(self._secret.encode(), f"{timestamp}\n{self._secret}".encode(), hashlib.sha256).digest()
        joint = "&" if "?" in self._url else "?"
        return f"{self._url}{joint}timestamp={timestamp}&sign={quote_plus(base64.b64encode(seal))}"

    def payload(self, message: Message, note: str) -> dict[str, object]:
        """Return a Markdown message; nothing of the message itself is live."""
        said = parts(message, note=note)
        title = marked(cut(harmless(said.title), TITLE_LIMIT), message.tone)
        links = within([f"[{harmless(link.label)}]({link.url})" for link in said.links], LINKS_BYTES, size=json_size)

        # Whoever is to be rung stands in the text as well.
        at: dict[str, object] = {"at": {"atMobiles": [message.to], "isAtAll": False}} if message.to else {}
        whom = f"@{harmless(message.to)}\n" if message.to else ""

        def body(text: str) -> dict[str, object]:
            # DingTalk breaks a line only after two spaces.
            markdown = {"title": title, "text": text.replace("\n", "  \n")}
            return {"msgtype": "markdown", "markdown": markdown, **at}

        return body(
            fitted(
                f"{whom}**{title}**\n",
                harmless(said.text),
                links,
                self._sizes["body"],
                size=lambda text: json_size(body(text)),
            )
        )

    def meaning(self, code: int, said: str) -> Refusal:
        """Return what the code means; 310000 has four meanings, told apart by its wording only."""
        if code != 310000:
            return super().meaning(code, said)
        remedies = {"keyword": KEYWORDS, "timestamp": WRONG_CLOCK, "sign": WRONG_SECRET, "whitelist": ALLOW_ADDRESS}
        remedy = next((remedy for word, remedy in remedies.items() if word in said.lower()), SECURITY)
        return Refusal(permanent=True, remedy=remedy)
