"""Take what Slack sends: write it down, acknowledge it, do it, answer the person.

Slack wants an acknowledgement within three seconds and sends again what had none. So an event is written down first,
and whoever wrote it does it, once; one whose process died before it was done is done by another. Forms and commands
are answered in the acknowledgement itself where the desk is quick, else in a message of their own.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from monitor.core.errors import N_, Mistake
from monitor.store import slack
from monitor.store.database import Database
from responders.channels.base import Button, DeliveryFailure
from responders.channels.safe_text import cut, one_line, visible
from responders.channels.slack_blocks import button, escape, paragraphs
from responders.documents.messages import Composer
from responders.slack_app import board
from responders.slack_app.deeds import Answer, Deeds
from responders.slack_app.events import Event, Kind, event_of
from responders.slack_app.forms import Origin
from responders.slack_app.people import Person, PersonOf
from responders.slack_app.session import Session

# Slack waits for three seconds.
PATIENCE = 2.0
MOST_AT_ONCE = 16
TOO_OLD = timedelta(minutes=30)
KEEP, KEEP_REQUESTS, FORGET_EVERY = timedelta(days=30), timedelta(hours=1), timedelta(hours=1)
LOCALE_KEEPS = 3600.0
MOST_LOCALES = 2000
UNLINKED = N_(
    "You are not linked to the duty file, so nothing was changed. Ask whoever keeps duty.yaml to write this line under "
    "your contact, and to restart the service: slack: [{member}]"
)
FAULT = N_("Something went wrong on our side and it is not certain that this was done. Look at the incident: /huiying")
NO_FORM = N_("The form could not be opened ({said}). Press the button again.")
UNKNOWN = N_("{typed} is not understood.")
log = logging.getLogger(__name__)
Body = dict[str, Any]


class Web(Protocol):
    """Slack's Web API as this needs it."""

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method; raise DeliveryFailure."""
        ...

    def reply(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer an event at the address that came with it; raise DeliveryFailure."""
        ...


@dataclass(slots=True)
class SlackApp:
    """Slack's door; `composers` are by language, the bureau's own under the name of `language`."""

    database: Database
    deeds: Deeds
    person_of: PersonOf
    composers: Mapping[str, Composer]
    language: str
    web: Web
    pool: Executor
    clock: Callable[[], datetime]
    patience: float = PATIENCE
    ignored: int = 0
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MOST_AT_ONCE))
    _locales: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    _forgot_at: datetime | None = None

    def hear(self, session: Session, said: Mapping[str, Any]) -> None:
        """Take an envelope from a web socket; it is acknowledged once it is written down."""
        envelope, payload = said.get("envelope_id"), said.get("payload")
        if not isinstance(envelope, str) or not isinstance(payload, dict):
            return

        def acknowledge(body: Body | None = None) -> None:
            told = {"envelope_id": envelope}
            session.send(json.dumps(told | ({"payload": body} if body else {}), ensure_ascii=False))

        event = event_of(str(said.get("type")), payload)
        if event is None:
            self.ignored += 1
            acknowledge()
            return
        try:
            first = self.take(event)
        except Mistake:
            # Not acknowledged: Slack says so to the person, and sends again what can be sent again.
            log.exception("slack event")
            return
        if not first or not in_acknowledgement(event) or not said.get("accepts_response_payload"):
            acknowledge()
            if first:
                self.begin(event)
            return
        if not self._begin(lambda: acknowledge(self.answer(event))):
            acknowledge()

    def take(self, event: Event) -> bool:
        """Write an event down; False where that was done before, by whatever process or way. Raise Mistake."""
        with self.database.write() as connection:
            return slack.take(connection, event.key, event.kind, event.plain(), self.clock())

    def answer(self, event: Event) -> Body | None:
        """Do an event that was taken, and return what its acknowledgement says; nothing where it takes too long.

        Then the person is answered by a message as soon as it is done.
        """
        race, done = threading.Lock(), Future[Body | None]()

        def run() -> None:
            said = self._worked(event)
            with race:
                in_time = not done.cancelled()
                if in_time:
                    done.set_result(_in_acknowledgement(event, said))
            self._close(event, said, answered=in_time)

        self.pool.submit(run)
        try:
            return done.result(self.patience)
        except TooLate:
            with race:
                if done.done():
                    return done.result()
                done.cancel()
                return None

    def begin(self, event: Event) -> None:
        """Begin to do an event that was taken, in a thread of its own."""
        self._begin(lambda: self.finish(event))

    def finish(self, event: Event) -> None:
        """Do an event that was taken, and answer by a message."""
        self._close(event, self._worked(event), answered=False)

    def tick(self, now: datetime) -> int:
        """Do what was taken by a process that did not come to it; forget what is long done. Return how many."""
        with self.database.write() as connection:
            left = slack.take_left(connection, now)
            if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
                slack.forget(connection, events=now - KEEP, requests=now - KEEP_REQUESTS)
                self._forgot_at = now
        for one in left:
            if now - one.received_at > TOO_OLD:
                self._note(one.key, "too late")
            else:
                self.finish(Event.stored(one.payload))
        return len(left)

    def _begin(self, work: Callable[[], object]) -> bool:
        """Do something in a thread of its own; False where too much is under way, and the tick does it later."""
        if not self._room.acquire(blocking=False):
            return False

        def run() -> None:
            try:
                work()
            except Exception:
                log.exception("slack event")
            finally:
                self._room.release()

        try:
            self.pool.submit(run)
        except RuntimeError:
            # The system gives no more threads; the tick does it later.
            log.exception("slack event")
            self._room.release()
            return False
        return True

    def _worked(self, event: Event) -> Answer:
        """Do an event; whatever goes wrong is told and kept."""
        try:
            return self._work(event)
        except Mistake as mistake:
            return Answer(type(mistake).__name__, self._composer(event).words.mistake(mistake))
        except Exception as error:
            log.exception("slack event %s", event.key)
            return Answer(f"fault: {type(error).__name__}", self._composer(event).words(FAULT))

    def _work(self, event: Event) -> Answer:
        composer, now = self._composer(event), self.clock()
        person = self.person_of(event.team, event.user)
        if person is None:
            return Answer("unlinked", composer.words(UNLINKED, member=f"{event.team}/{event.user}"))
        match event.kind:
            case Kind.PRESS:
                return self.deeds.press(event, person, composer, now)
            case Kind.FORM:
                return self.deeds.send(event, person, composer, now)
            case Kind.COMMAND:
                return self._command(event, person, composer, now)
        with self.database.read() as connection:
            return Answer("home", blocks=board.board(connection, composer, now))

    def _command(self, event: Event, person: Person, composer: Composer, now: datetime) -> Answer:
        typed = " ".join(event.text.split()).removeprefix("#")
        with self.database.read() as connection:
            if not typed:
                return Answer("board", blocks=board.board(connection, composer, now))
            if typed.isdecimal() and len(typed) < 10:
                return Answer("incident", blocks=board.one_incident(connection, int(typed), composer, person))
        told = board.help_text(composer, person)
        if typed.casefold() in ("help", "?", "帮助"):
            return Answer("help", blocks=told)
        unknown = composer.words(UNKNOWN, typed=cut(one_line(typed), 60))
        return Answer("not understood", blocks=[*paragraphs(unknown), *told])

    def _close(self, event: Event, said: Answer, *, answered: bool) -> None:
        """Answer by a message where the acknowledgement did not, and keep what came of the event."""
        told = ""
        try:
            self._tell(event, said, answered=answered)
        except DeliveryFailure as failure:
            told = f"; not told: {failure.said}"
            log.warning("slack event %s: not told: %s", event.kind, failure.said)
        self._note(event.key, said.outcome + told)

    def _note(self, key: str, outcome: str) -> None:
        with self.database.write() as connection:
            slack.done(connection, key, outcome, self.clock())

    def _tell(self, event: Event, said: Answer, *, answered: bool) -> None:
        if event.kind is Kind.HOME:
            shown = said.blocks or paragraphs(said.text)
            self.web.call("views.publish", user_id=event.user, view={"type": "home", "blocks": list(shown)})
        elif event.kind is Kind.PRESS and said.form is not None:
            self._open(event, said.form)
        elif event.kind is Kind.COMMAND:
            if not answered:
                self._reply(event, _message(said))
        elif event.kind is Kind.FORM and (said.errors or said.form):
            if not answered:
                self._reply(event, _message(Answer("", said.text or " ".join(said.errors.values()))))
        else:
            self._reply(event, _message(said))

    def _open(self, event: Event, form: Mapping[str, Any]) -> None:
        """Open a form; Slack lets that be done within three seconds of the press only."""
        try:
            self.web.call("views.open", trigger_id=event.trigger, view=form)
        except DeliveryFailure as failure:
            words = self._composer(event).words
            self._reply(event, _message(Answer("", words(NO_FORM, said=failure.said))))
            raise

    def _reply(self, event: Event, body: Body) -> None:
        """Tell the person alone: at the address that came with the event, else in the channel where he pressed."""
        reply_to, channel, thread = _where(event)
        place = {"thread_ts": thread} if thread else {}
        try:
            if reply_to:
                self.web.reply(reply_to, {**body, **place})
                return
        except DeliveryFailure:
            if not channel:
                raise
        if channel:
            text, shown = body["text"], body["blocks"]
            self.web.call("chat.postEphemeral", channel=channel, user=event.user, text=text, blocks=shown, **place)

    def _composer(self, event: Event) -> Composer:
        return self.composers.get(self._language(event), self.composers[self.language])

    def _language(self, event: Event) -> str:
        """Return the language that the person has set in Slack, the bureau's where Slack does not tell."""
        who, now = (event.team, event.user), time.monotonic()
        known = self._locales.get(who)
        if known is not None and now - known[1] < LOCALE_KEEPS:
            return known[0]
        language = self.language
        try:
            user = self.web.call("users.info", user=event.user, include_locale=True).get("user")
            language = str((user or {}).get("locale") or language)[:2].lower()
        except DeliveryFailure as failure:
            log.info("slack locale: %s", failure.said)
        if len(self._locales) >= MOST_LOCALES:
            self._locales.clear()
        self._locales[who] = (language, now)
        return language


def _where(event: Event) -> tuple[str, str, str]:
    """Return where an event is answered: an address, a channel, a thread; a form remembers its button's."""
    if event.kind is not Kind.FORM:
        return event.reply_to, event.channel, event.thread
    try:
        origin = Origin.read(event.value)
    except Mistake:
        return "", "", ""
    return origin.reply_to, origin.channel, origin.thread


def in_acknowledgement(event: Event) -> bool:
    """Tell whether an event is answered in its acknowledgement."""
    return event.kind in (Kind.FORM, Kind.COMMAND)


def _in_acknowledgement(event: Event, said: Answer) -> Body | None:
    if event.kind is Kind.COMMAND:
        return _message(said)
    if said.errors:
        return {"response_action": "errors", "errors": {block: cut(told, 300) for block, told in said.errors.items()}}
    if said.form is not None:
        return {"response_action": "update", "view": dict(said.form)}
    return {"response_action": "clear"}


def _message(said: Answer) -> Body:
    """Return an answer that only one person sees."""
    shown = list(said.blocks) or paragraphs(said.text)
    pressed: list[Button] = list(said.buttons)
    actions = [{"type": "actions", "block_id": "acts", "elements": [button(one) for one in pressed]}] if pressed else []
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": escape(cut(visible(said.text), 300)) or "Huiying",
        "blocks": [*shown, *actions],
    }
