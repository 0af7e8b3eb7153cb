"""What the robots that sign their messages have in common: a secret, and the time that goes into the signature."""

from __future__ import annotations

import time
from collections.abc import Callable

from monitor.core.duties.pacing import Limits
from monitor.core.errors import N_
from responders.channels.base import REPEAT_NOTE
from responders.channels.robot import Poster, Robot

KEYWORDS = N_("The robot asks for keywords. Change its security setting to signing and set the secret here.")
ALLOW_ADDRESS = N_("The robot does not allow this machine's IP address. Add it to the robot's list, or use signing.")


class SignedRobot(Robot):
    """A group robot that signs where it has a secret; `clock` returns seconds since 1970."""

    def __init__(
        self,
        *,
        name: str,
        url: str,
        poster: Poster,
        limits: Limits,
        secret: str = "",
        timeout: float = 10.0,
        repeat_note: str = REPEAT_NOTE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name=name, url=url, poster=poster, limits=limits, timeout=timeout, repeat_note=repeat_note)
        self._secret = secret
        self._clock = clock
