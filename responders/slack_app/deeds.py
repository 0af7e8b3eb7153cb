"""Do at the desk what somebody pressed or sent in Slack, and say what came of it.

Whether the person may do it is asked here; whether it still makes sense is asked at the desk, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import shown as shown_time
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.core.model import Verb
from monitor.core.people.duty import Duty
from monitor.core.people.rota import on_duty
from monitor.core.seen import FactsMoved, MovedMeanwhile, Seen, mark_of, refuse_moved
from monitor.core.views import DeadlineView, Done, IncidentView
from monitor.store import people, slack, views
from monitor.store.database import Database
from monitor.store.seen import decisions_since
from responders.channels.base import Button
from responders.channels.safe_text import one_line, visible
from responders.desk import Desk
from responders.documents.messages import Composer
from responders.documents.outcomes import outcome
from responders.rota import LONGEST, RotaDesk
from responders.slack_app import forms
from responders.slack_app.buttons import LABELS, STYLES, BadButton, Shown, shown_now
from responders.slack_app.events import Event
from responders.slack_app.forms import FIELDS, FIRST, BadForm, Origin
from responders.slack_app.people import Deed, Person
from responders.snoozes import Snoozes

NOT_ALLOWED = N_("{name}, the duty file does not let you do this: {deed}. Nothing was changed.")
AT_ONCE = frozenset({Deed.ACKNOWLEDGE, Deed.CONFIRM, Deed.TAKE_OFFER, Deed.REFUSE_OFFER})
STALE = (MovedMeanwhile, FactsMoved)
ONCE_MORE = N_("If you want it all the same, press again:")
SEND_AGAIN = N_("If you want it all the same, send it again.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is told: a text with buttons, a form to open, or what is wrong with the fields of his form.

    `outcome` is kept with the event.
    """

    outcome: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    form: Mapping[str, Any] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    blocks: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Deeds:
    """Carries out presses and forms."""

    database: Database
    desk: Desk
    snoozes: Snoozes
    rota_desk: RotaDesk
    duty: Duty
    pack: RulePack

    def press(self, event: Event, person: Person, composer: Composer, now: datetime) -> Answer:
        """Do what a button means, or open its form; a stale one answers kindly and changes nothing."""
        try:
            deed, shown = _deed(event.act, BadButton()), Shown.read(event.value)
            if deed not in person.may:
                return _not_allowed(deed, person, composer)
            origin = Origin(shown, event.channel, event.thread, event.reply_to)
            form = self._form(deed, origin, person, composer, now)
            if form is not None:
                return Answer(f"form {deed}", form=form)
            return Answer(f"done {deed}", self._direct(deed, shown, person, composer, now))
        except STALE as mistake:
            return self._stale(deed, shown, mistake, composer)
        except Mistake as mistake:
            return Answer(type(mistake).__name__, composer.words.mistake(mistake))

    def send(self, event: Event, person: Person, composer: Composer, now: datetime) -> Answer:
        """Do what a form asks for; what is wrong is told at its field, and nothing that was typed is lost."""
        try:
            deed, origin = _deed(event.act, BadForm()), Origin.read(event.value)
        except Mistake as mistake:
            return Answer(type(mistake).__name__, composer.words.mistake(mistake))
        if deed not in person.may:
            return _not_allowed(deed, person, composer)
        try:
            return Answer(f"done {deed}", self._sent(deed, origin.shown, event.fields, person, composer, now))
        except STALE as mistake:
            again = f"{composer.words.mistake(mistake)} {composer.words(SEND_AGAIN)}"
            form = self._anew(deed, origin, event.fields, again, composer, now)
            return Answer(type(mistake).__name__, again, form=form)
        except Mistake as mistake:
            where = FIELDS.get(type(mistake), FIRST.get(deed, "reason"))
            where = where if where in event.fields else FIRST.get(deed, "reason")
            return Answer(type(mistake).__name__, errors={where: composer.words.mistake(mistake)})

    def _form(self, deed: Deed, origin: Origin, person: Person, composer: Composer, now: datetime) -> Any:
        """Return the form that a deed needs, None where it needs none; raise what makes it senseless to open one."""
        rotas = [(rota.id, rota.name) for rota in self.duty.rotas.values()]
        if deed in AT_ONCE or (deed is Deed.TAKE_OVER and len(rotas) <= 1):
            return None
        with self.database.read() as connection:
            incident, deadlines = _standing(connection, origin.shown.incident)
            made = decisions_since(connection, incident.id, origin.shown.upto)
        refuse_moved(origin.shown.seen(deed), incident, made, mark_of(incident, deadlines))
        return self._written(deed, origin, incident, deadlines, composer, now)

    def _written(
        self,
        deed: Deed,
        origin: Origin,
        incident: IncidentView,
        deadlines: Sequence[DeadlineView],
        composer: Composer,
        now: datetime,
    ) -> dict[str, Any]:
        words, about = composer.words, f"#{incident.id} {one_line(incident.title)}"
        if deed is Deed.DISMISS:
            return forms.dismissing(origin, about, words)
        if deed is Deed.SNOOZE:
            return forms.snoozing(origin, about, words)
        if deed is Deed.TAKE_OVER:
            return forms.taking_over(origin, about, [(r.id, r.name) for r in self.duty.rotas.values()], words)
        live = [deadline for deadline in deadlines if deadline.live]
        rules = [self.pack.obligation(deadline.obligation_id) for deadline in live]
        kinds = forms.kinds_of(kind for rule in rules if rule is not None for kind in rule.satisfied_by)
        levels = any(deadline.level is not None for deadline in live)
        return forms.responding(origin, about, kinds, now, words, levels=levels)

    def _direct(self, deed: Deed, shown: Shown, person: Person, composer: Composer, now: datetime) -> str:
        if deed is Deed.TAKE_OVER:
            return self._take_over(shown, next(iter(self.duty.rotas), ""), person, composer, now)
        before = self._before(shown.incident)
        if deed is Deed.TAKE_OFFER:
            done = self.desk.offers.log(shown.incident, shown.offer, by=person.name, now=now, seen=shown.seen(deed))
            return outcome(Verb.RESPOND, done, before, composer)
        if deed is Deed.REFUSE_OFFER:
            self.desk.offers.refuse(shown.incident, shown.offer, by=person.name, now=now, seen=shown.seen(deed))
            return composer.words(N_("Kept: this is not the response. It is not offered again."))
        if deed is Deed.CONFIRM:
            done = self.desk.confirm(shown.incident, by=person.name, now=now, seen=shown.seen(deed))
            return outcome(Verb.CONFIRM, done, before, composer)
        done = self._acknowledge(shown, person, now)
        return outcome(Verb.ACKNOWLEDGE, done, before, composer)

    def _acknowledge(self, shown: Shown, person: Person, now: datetime, reason: str = "") -> Done:
        """Acknowledge; where the policy wants more people than one, another's acknowledgement is no hindrance."""
        seen = shown.seen(Deed.ACKNOWLEDGE)
        with self.database.read() as connection:
            needed = slack.acknowledgements_needed(connection, shown.incident)
            made = decisions_since(connection, shown.incident, shown.upto)
        own = any(one.verb is Verb.ACKNOWLEDGE and one.by == person.name for one in made)
        if needed > 1 and not own:
            seen = Seen(seen.upto, seen.minding - {Verb.ACKNOWLEDGE})
        return self.desk.acknowledge(shown.incident, by=person.name, now=now, reason=reason, seen=seen)

    def _sent(
        self,
        deed: Deed,
        shown: Shown,
        fields: Mapping[str, str],
        person: Person,
        composer: Composer,
        now: datetime,
    ) -> str:
        before, number, by = self._before(shown.incident), shown.incident, person.name
        if deed is Deed.DISMISS:
            why = visible(fields.get("reason", "")).strip()
            done = self.desk.dismiss(number, by=by, now=now, reason=why, seen=shown.seen(deed))
            return outcome(Verb.DISMISS, done, before, composer)
        if deed is Deed.RESPOND:
            typed = forms.logged(fields)
            done = self.desk.respond(
                number,
                typed.kind,
                title=typed.title,
                url=typed.url,
                published_at=typed.published_at,
                level=typed.level,
                by=by,
                now=now,
                seen=shown.seen(deed),
            )
            return outcome(Verb.RESPOND, done, before, composer)
        if deed is Deed.SNOOZE:
            until = self.snoozes.begin(number, by=by, span=forms.minutes(fields), now=now, seen=shown.seen(deed))
            told = N_("Incident {id}: you act on it, and paging rests until {at}. The clocks run on.")
            return composer.words(told, id=number, at=shown_time(until))
        if deed is Deed.TAKE_OVER:
            return self._take_over(shown, fields.get("rota", ""), person, composer, now)
        raise BadForm

    def _take_over(self, shown: Shown, rota: str, person: Person, composer: Composer, now: datetime) -> str:
        """Act on the incident in whoever's place, and be on duty from now on where there is a rota."""
        words, seen = composer.words, shown.seen(Deed.TAKE_OVER)
        named = self.rota_desk.named(rota) if rota else None
        reason = words(N_("takes over")) + (f": {named.name}" if named else "")
        self.desk.acknowledge(shown.incident, by=person.name, now=now, reason=reason, seen=seen)
        told = words(N_("Incident {id} is yours now. The clocks run on."), id=shown.incident)
        if named is None:
            return told
        with self.database.read() as connection:
            changes = people.changes(connection, since=now - LONGEST, rota=named.id)
        if on_duty(named, changes, now).contact == person.id:
            return told
        made = self.rota_desk.take(named.id, person.id, by=person.name, now=now, reason=f"#{shown.incident}")
        on = words(N_("You are on duty in {rota} until {at}."), rota=named.name, at=shown_time(made.ends))
        return f"{told} {on}"

    def _stale(self, deed: Deed, shown: Shown, mistake: Mistake, composer: Composer) -> Answer:
        """Say who did what when; give a fresh button where the deed still makes sense."""
        text = composer.words.mistake(mistake)
        with self.database.read() as connection:
            incident, deadlines = _standing(connection, shown.incident)
            fresh = replace(shown_now(connection, incident, deadlines), offer=shown.offer)
        state = composer.words(N_("State"))
        card = composer.card(incident, deadlines)
        lines = [f"{line.label}: {line.value}" for line in card.lines if line.label != state]
        again = Button(deed.value, composer.words(LABELS[deed]), fresh.value, STYLES.get(deed, ""))
        told = "\n".join([text, *lines, composer.words(ONCE_MORE)])
        return Answer(type(mistake).__name__, told, (again,))

    def _anew(
        self, deed: Deed, origin: Origin, typed: Mapping[str, str], told: str, composer: Composer, now: datetime
    ) -> dict[str, Any]:
        """Return the form once more, with what was typed, over what holds now."""
        with self.database.read() as connection:
            incident, deadlines = _standing(connection, origin.shown.incident)
            fresh = shown_now(connection, incident, deadlines)
        renewed = Origin(fresh, origin.channel, origin.thread, origin.reply_to)
        form = self._written(deed, renewed, incident, deadlines, composer, now)
        return forms.filled(form, typed, told)

    def _before(self, incident_id: int) -> list[DeadlineView]:
        with self.database.read() as connection:
            return views.deadlines(connection, matter_id=incident_id)


def _deed(name: str, otherwise: Mistake) -> Deed:
    if name not in {deed.value for deed in Deed}:
        raise otherwise
    return Deed(name)


def _standing(connection: Connection, number: int) -> tuple[IncidentView, list[DeadlineView]]:
    incident = views.incident(connection, number)
    if incident is None:
        raise UnknownIncident(id=number)
    return incident, views.deadlines(connection, matter_id=number)


def _not_allowed(deed: Deed, person: Person, composer: Composer) -> Answer:
    told = composer.words(NOT_ALLOWED, name=person.name, deed=composer.words(LABELS[deed]))
    return Answer("not allowed", told)
