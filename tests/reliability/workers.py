"""Processes that run the real legs on a real database until they are killed."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import Connection

from monitor.config.channel_limits import load_limits
from monitor.core.duties.obligations import Reminders, RulePack
from monitor.gate import Gate, GateSettings
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.watch import Watch
from monitor.service.heart import Heart, Pulse
from monitor.store.database import Database
from responders.channels.base import Card, Message, Tone
from responders.channels.gate_poster import GatePoster
from responders.channels.slack import Slack
from responders.channels.wecom import WeCom
from responders.documents.messages import Scene
from tests.reliability.crowd import PACK, REGION
from tests.reliability.provider import REPEAT
from tests.story.office import ALERTS
from tests.story.roster import DUTY

MODULE = "tests.reliability.workers"


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to run: the addresses it needs, and its clock.

    The clock runs `pace` times as fast as the wall's, from `epoch` at the wall's `started`; it is shared by all.
    """

    url: str
    slack: str = ""
    robot: str = ""
    epoch: float = 0.0
    started: float = 0.0
    pace: float = 1.0
    every: float = 1.0
    reminders: bool = False
    people: bool = False
    only: tuple[str, ...] = ("watch", "deliver")
    master: int = field(default_factory=os.getpid)

    def seconds(self) -> float:
        """Return the moment now in seconds since 1970."""
        return self.epoch + (time.time() - self.started) * self.pace if self.epoch else time.time()

    def clock(self) -> datetime:
        """Return the moment now."""
        return datetime.fromtimestamp(self.seconds(), UTC)


def pack_for(*, reminders: bool, people: bool = False) -> RulePack:
    """Return the rules; without reminders, each deadline has one alert: that it is due. With people, for somebody."""
    pack = replace(PACK, duty=DUTY) if people else PACK
    if reminders:
        return pack
    return replace(pack, obligations=tuple(replace(o, reminders=Reminders()) for o in pack.obligations))


def plain(_: Connection, scene: Scene) -> Message:
    """Say the key, and the state of the matter in a card where there is one."""
    card = None
    if scene.alert.matter_id:
        card = Card(key=f"matter:{scene.alert.matter_id}", title="card", tone=Tone.CALM)
    title = f"key:{scene.alert.key}:yek"
    return Message(key=scene.alert.key, title=title, tone=Tone.NOTICE, card=card, written_at=scene.now)


def bare(_: Connection, scene: Scene) -> Message:
    """Say the key alone."""
    return Message(key=scene.alert.key, title=f"key:{scene.alert.key}:yek", tone=Tone.NOTICE, written_at=scene.now)


def outlets_for(order: Order, gate: Gate, timeout: int = 5) -> list[Outlet]:
    """Return the channels of an order, with the providers' limits as the service keeps them."""
    found = []
    if order.slack:
        slack = Slack(
            name="slack",
            token="xoxb-1-right",
            channel="C0123ABCD",
            base_url=order.slack,
            timeout=timeout,
            repeat_note=REPEAT,
        )
        found.append(Outlet(slack, ALERTS))
    if order.robot:
        poster = GatePoster(gate)
        limits = load_limits()["wecom"]
        robot = WeCom(
            name="robot",
            url=order.robot,
            poster=poster,
            limits=limits,
            timeout=float(timeout),
            repeat_note=REPEAT,
        )
        found.append(Outlet(robot, ALERTS))
    return found


def run(order: Order, ready: Any = None) -> None:
    """Run the legs for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    database = Database(order.url)
    pulses = []
    if "watch" in order.only:
        watch = Watch(database, pack_for(reminders=order.reminders, people=order.people), REGION)
        pulses.append(Pulse("watch", watch.tick, seconds=order.every))
        pulses.append(Pulse("round", watch.go_round, seconds=order.every))
    if "deliver" in order.only:
        gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))
        outlets = outlets_for(order, gate)
        for outlet in outlets:
            deliver = Deliver(database, outlet, outlets, bare if order.pace > 1 else plain, order.clock)
            pulses.append(Pulse(f"deliver {outlet.channel.name}", deliver.tick, seconds=order.every))
        if outlets:
            pulses.append(Pulse("sweep", deliver.sweep, seconds=order.every * 10))
    heart = Heart(pulses, order.clock)
    gc.freeze()
    heart.start()
    if ready is not None:
        ready.set()
    stay(order)


def stay(order: Order) -> None:
    """Wait until whoever gave the order is gone."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(order.master, 0)
            time.sleep(1)


def context() -> ForkServerContext:
    """Return what starts workers in milliseconds: a process that has read all modules and forks."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([MODULE])
    return made


@dataclass(slots=True)
class Crew:
    """Workers that are killed at random and replaced."""

    order: Order
    seed: int
    make: Callable[[], ForkServerContext] = context
    target: Callable[..., None] = run
    kills: int = 0
    _alive: list[BaseProcess] = field(default_factory=list)

    def hire(self) -> None:
        """Start one more."""
        worker = self.make().Process(target=self.target, args=(self.order,), daemon=True)
        worker.start()
        self._alive.append(worker)

    @property
    def pids(self) -> list[int]:
        """The numbers of those that are alive."""
        return [worker.pid for worker in self._alive if worker.pid is not None]

    def kill(self, number: int = 0) -> None:
        """End one in the middle of whatever it is doing."""
        worker = self._alive.pop(number)
        if worker.pid is not None and worker.is_alive():
            os.kill(worker.pid, signal.SIGKILL)
            self.kills += 1
        worker.join()

    def stop(self) -> None:
        """End all."""
        while self._alive:
            worker = self._alive.pop()
            if worker.pid is not None and worker.is_alive():
                os.kill(worker.pid, signal.SIGKILL)
            worker.join()

    def massacre(self, kills: int, wait: Callable[[random.Random], float]) -> None:
        """Kill until `kills` are reached, with one to four alive, each after a random time."""
        chance = random.Random(self.seed)
        while self.kills < kills:
            while len(self._alive) < chance.randint(1, 4):
                self.hire()
            time.sleep(wait(chance))
            self.kill(chance.randrange(len(self._alive)))


def until(done: Callable[[], bool], limit: float, every: float = 0.2) -> float:
    """Wait until `done`, at most `limit` seconds; return how long it took, or infinity."""
    began = time.monotonic()
    while time.monotonic() - began < limit:
        if done():
            return time.monotonic() - began
        time.sleep(every)
    return float("inf")


def later(order: Order, seconds: float) -> datetime:
    """Return a moment of the order's clock that comes in `seconds` of the wall's."""
    return order.clock() + timedelta(seconds=seconds * order.pace)
