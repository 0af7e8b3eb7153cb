"""A bureau in Slack: its alerts with buttons, its door on a web socket, a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from monitor.config.settings import Settings, SettingsFile
from monitor.core.naming import Names
from monitor.core.people.duty import Duty
from monitor.core.views import AlertView, DeadlineView, IncidentView, LogView, ResponseView
from monitor.gate import Gate, GateSettings
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.watch import Watch
from monitor.service.parts import Parts
from monitor.service.threads import Threads
from monitor.store import views
from monitor.store.database import Database
from responders.channels.slack import Slack
from responders.channels.slack_web import SlackWeb
from responders.desk import Desk
from responders.documents.messages import Composer
from responders.language import LANGUAGES, Words
from responders.rota import RotaDesk
from responders.slack_app.app import SlackApp
from responders.slack_app.buttons import with_buttons
from responders.slack_app.cards import CardKeeper
from responders.slack_app.deeds import Deeds
from responders.slack_app.people import people_of
from responders.slack_app.sockets import Sockets
from responders.snoozes import Snoozes
from tests.responders.fakes.slack import Post
from tests.responders.fakes.slack_app import CHANNEL, TEAM, FakeSlackApp
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import ALERTS, MovedClock
from tests.story.roster import DUTY, grader

WANG, LI, BOSS, STRANGER = "U0WANG", "U0LI", "U0BOSS", "U0NOBODY"
LINKS = {"wang": WANG, "li": LI, "boss": BOSS}


def linked(duty: Duty = DUTY, acts: frozenset[str] | None = None) -> Duty:
    """Return the people with their members of Slack; the boss may do only `acts` where they are named."""
    contacts = {
        name: replace(one, slack=frozenset({(TEAM, LINKS[name])}), acts=acts if name == "boss" else None)
        for name, one in duty.contacts.items()
    }
    return replace(duty, contacts=contacts)


@cache
def names_in(language: str) -> Names:
    form = SettingsFile.model_validate({"language": language, "bureau": {"region": REGION}})
    return Parts(Settings(form, None)).names_in(language)


@dataclass
class Workplace:
    """Everything behind the door; `slack` is the workspace."""

    database: Database
    slack: FakeSlackApp
    clock: MovedClock
    duty: Duty = field(default_factory=linked)
    language: str = "zh"
    # So long that even a loaded machine answers at once; those who test the lack of it say so.
    patience: float = 20.0

    def __post_init__(self) -> None:
        self.gate = Gate(GateSettings(allow=("127.0.0.1",)))
        self.pack = replace(PACK, duty=self.duty)
        self.desk = Desk(self.database, self.pack, grader(), REGION)
        composers = {one: Composer(Words(one), names_in(one), "http://127.0.0.1:8765", REGION) for one in LANGUAGES}
        self.composer = composers[self.language]
        self.rota_desk = RotaDesk(self.database, self.duty)
        self.snoozes = Snoozes(self.database, self.desk, self.composer.words)
        self.web = SlackWeb(self.gate, self.slack.base_url, self.slack.token)
        self.pool = Threads("slack")
        self.app = SlackApp(
            database=self.database,
            deeds=Deeds(self.database, self.desk, self.snoozes, self.rota_desk, self.duty, self.pack),
            person_of=people_of(self.duty, self.database),
            composers=composers,
            language=self.language,
            web=self.web,
            pool=self.pool,
            clock=self.clock,
            patience=self.patience,
        )
        tickets = SlackWeb(self.gate, self.slack.base_url, self.slack.app_token)
        self.sockets = Sockets(self.gate, tickets, self.app.hear)
        self.channel = Slack(
            name="slack", token=self.slack.token, channel=CHANNEL, base_url=self.slack.base_url, timeout=5, buttons=True
        )
        outlet = Outlet(self.channel, ALERTS)
        self.deliver = Deliver(
            self.database,
            outlet,
            [outlet],
            lambda connection, scene: with_buttons(
                connection, scene, self.composer.message(scene), self.composer.words
            ),
            self.clock,
            self.duty.contacts,
        )
        self.watch = Watch(self.database, self.pack, REGION)
        self.keeper = CardKeeper(self.database, self.channel, self.composer, self.clock)

    def open_door(self) -> None:
        """Let the web socket open and be greeted."""
        self.sockets.tick()
        assert self.slack.socket.wait(lambda: any(session.works for session in self.sockets.sessions))

    def close(self) -> None:
        self.sockets.close()
        assert self.pool.settle(10)
        self.gate.close()

    def major(self) -> int:
        """Let a major incident open and be told; return its number."""
        (number,) = open_major(self.database, 1, self.clock(), self.pack)
        self.tick()
        return number

    def tick(self, times: int = 1, **span: float) -> None:
        """Let all legs run."""
        for _ in range(times):
            self.clock.advance(**span)
            self.watch.tick(self.clock())
            self.snoozes.tick(self.clock())
            for _ in range(20):
                if not self.deliver.tick(self.clock()):
                    break
                self.clock.advance(seconds=2)
            self.deliver.sweep(self.clock())

    def keep(self, times: int = 8) -> None:
        """Let the cards be brought up to date, step by step."""
        for _ in range(times):
            self.clock.advance(seconds=2)
            self.keeper.tick(self.clock())

    def settle(self) -> None:
        """Wait until what was pressed is done."""
        assert self.pool.settle(10)

    def card(self) -> Post:
        """Return the card that stands in the channel."""
        return next(post for post in self.slack.posts() if post.metadata["event_payload"]["part"] == "card")

    def history(self) -> list[str]:
        """Return the history lines in the card's thread."""
        replies = self.slack.thread(self.card().ts)
        return [post.shown for post in replies if post.metadata["event_payload"]["part"] == "history"]

    def incident(self, number: int) -> IncidentView:
        with self.database.read() as connection:
            found = views.incident(connection, number)
        assert found is not None
        return found

    def log(self, number: int) -> list[LogView]:
        """Return what people decided."""
        with self.database.read() as connection:
            return [line for line in views.log(connection, number) if line.by]

    def deadlines(self, number: int) -> dict[str, DeadlineView]:
        with self.database.read() as connection:
            return {one.obligation_id: one for one in views.deadlines(connection, matter_id=number)}

    def responses(self, number: int) -> list[ResponseView]:
        with self.database.read() as connection:
            return views.responses(connection, matter_id=number)

    def alerts(self) -> list[AlertView]:
        with self.database.read() as connection:
            return list(views.alerts(connection, limit=1000))


@contextmanager
def workplace(database: Database, **more: object) -> Iterator[Workplace]:
    """Give a workplace whose door is open."""
    clock = MovedClock()
    with FakeSlackApp(clock=lambda: clock().timestamp()) as slack:
        place = Workplace(database, slack, clock, **more)  # type: ignore[arg-type]
        place.open_door()
        try:
            yield place
        finally:
            place.close()


__all__ = ["BOSS", "LI", "STRANGER", "WANG", "Workplace", "linked", "workplace"]
