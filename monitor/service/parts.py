"""The parts of the service, built from the settings when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from monitor.config.appraisal import load_appraisal
from monitor.config.calendars import CN
from monitor.config.chains import load_chains
from monitor.config.conferences import load_conferences
from monitor.config.duty import load_duty
from monitor.config.gazetteer import load_gazetteer, place_names
from monitor.config.lexicon import load_words
from monitor.config.overlays import load_rules
from monitor.config.own_calendar import load_calendars
from monitor.config.passwords import common_passwords
from monitor.config.release import load_release_rules
from monitor.config.second_reader import load_prompt
from monitor.config.settings import Settings, load_settings
from monitor.config.sources import load_sources
from monitor.core.access.sessions import Limits
from monitor.core.checks.checker import Checker
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.duties.calendar import Calendar
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import Mistake
from monitor.core.incidents.chains import Follows
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.placing import Lore
from monitor.core.naming import Names
from monitor.core.people.duty import Duty
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import EnglishLexicon
from monitor.core.reading.lexicon import Lexicon
from monitor.core.reading.place import Gazetteer
from monitor.core.reading.severity import SeverityTables
from monitor.core.rhythm import Works
from monitor.core.sources import Source
from monitor.gate import Gate, GateSettings, Way, way_to
from monitor.loops.ingest.take import Intake
from monitor.second.endpoint import Endpoint
from monitor.service.outlets import channel_names
from monitor.store.calendars import install
from monitor.store.database import Database
from responders.accounts import Accounts, Entrance, Register, Tokens
from responders.accounts.hashing import Hasher
from responders.accounts.provider import Provider, ProviderSettings
from responders.accounts.single_sign_on import SingleSignOn
from responders.desk import Desk
from responders.desk.appraisals import AppraisalDesk
from responders.desk.release import Proofreader
from responders.drills import Drills
from responders.inquiry import Inquiry
from responders.language import Words, chosen_language
from responders.links import AckLinks
from responders.matters import Matters
from responders.ratings import Ratings
from responders.rota import RotaDesk
from responders.snoozes import Snoozes
from responders.sorting import Sorting
from responders.versions import Versions


class Parts:
    """What commands and legs are made of; each part is built once, when it is first needed.

    A broken duty file stops whoever needs people. Who gives `without_people` needs none: it is told of the fault, and
    everything is built as if there were nobody.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database | None = None,
        *,
        without_people: Callable[[Mistake], None] | None = None,
    ) -> None:
        self.settings = settings
        self._given = database
        self._without_people = without_people
        self._to_close: list[Gate | Database] = []

    def close(self) -> None:
        """Close what was opened."""
        while self._to_close:
            self._to_close.pop().close()

    @cached_property
    def language(self) -> str:
        """The language of messages and pages: the settings', else the command line's."""
        return self.settings.form.language or chosen_language()

    @cached_property
    def words(self) -> Words:
        """The texts of that language."""
        return Words(self.language)

    @cached_property
    def database(self) -> Database:
        """The database, brought up to date."""
        database = self._given or Database(self.settings.database_url)
        self._to_close.append(database)
        database.migrate()
        return database

    @cached_property
    def gate(self) -> Gate:
        """The one way out to the web."""
        http = self.settings.form.http
        contact = f"; {http.contact}" if http.contact else ""
        agent = GateSettings().user_agent.replace(")", f"{contact})")
        gate = Gate(GateSettings(allow=tuple(http.allow), proxy=http.proxy or None, user_agent=agent))
        self._to_close.append(gate)
        return gate

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """The second reader's endpoint, None where there is none. What the bureau allows is reached without a proxy."""
        setting = self.settings.form.second_reader
        if setting is None:
            return None
        http = self.settings.form.http
        near = way_to(setting.base_url, http.allow) is Way.ALLOWED
        gate = Gate(GateSettings(allow=tuple(http.allow), proxy=None if near else http.proxy or None))
        self._to_close.append(gate)
        kinds = {kind.id: kind.zh for kind in self.lexicon[0].kinds.values()}
        return Endpoint(
            gate,
            base_url=setting.base_url,
            model=setting.model,
            key=setting.api_key.get_secret_value() if setting.api_key else "",
            seconds=setting.timeout,
            prompt=load_prompt(kinds),
        )

    @cached_property
    def rules(self) -> RulePack:
        """The rule packs of the office as one, with the calendars as they are shipped."""
        form = self.settings.form
        return load_rules(form.rules, form.groups, form.role)

    @cached_property
    def pack(self) -> RulePack:
        """The rule pack with the calendars that hold in this database, and the people who are told."""
        now = datetime.now(UTC)
        with self.database.write() as connection:
            calendars = {name: install(connection, one, now) for name, one in self.calendars().items()}
        return replace(self.rules.with_calendars(calendars), duty=self.duty)

    def calendars(self) -> Mapping[str, Calendar]:
        """Read the calendars that the rules name, with the bureau's own days as they stand in its file now."""
        file = self.settings.form.calendar
        dated = frozenset(rule.calendar.name for rule in self.rules.obligations if rule.calendar.years is not None)
        return load_calendars(Path(file) if file else None, dated | {CN})

    @cached_property
    def works(self) -> Works:
        """Tell which days are worked, by the calendar as it stood at the start."""
        return self.calendars()[CN].is_working

    @cached_property
    def duty(self) -> Duty:
        """The people who can be told; nobody where there is no duty file."""
        form = self.settings.form
        if not form.duty:
            return Duty()
        obligations = [obligation.id for obligation in self.rules.obligations]
        try:
            return load_duty(Path(form.duty), channel_names(form), obligations)
        except Mistake as fault:
            if self._without_people is None:
                raise
            self._without_people(fault)
            return Duty()

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The enabled sources by id."""
        file = self.settings.form.sources
        return {source.id: source for source in load_sources(Path(file) if file else None) if source.enabled}

    @cached_property
    def lexicon(self) -> tuple[Lexicon, EnglishLexicon, SeverityTables]:
        """The words that the reader knows, Chinese and English, and the grading tables."""
        return load_words()

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The places of the country and abroad."""
        return load_gazetteer()

    @cached_property
    def reader(self) -> Reader:
        """The reader of texts."""
        chinese, english, tables = self.lexicon
        return Reader(chinese, tables, self.gazetteer, english)

    @cached_property
    def grader(self) -> Grader:
        """The grading tables, for incidents as a whole."""
        chinese, _, tables = self.lexicon
        return Grader(tables, chinese.kinds)

    @cached_property
    def lore(self) -> Lore:
        """What is known beforehand of kinds and words."""
        return lore_of(self.lexicon[0], self.gazetteer)

    @cached_property
    def names(self) -> Names:
        """The names of kinds, places, obligations and sources."""
        return self.names_in(self.language)

    def names_in(self, language: str) -> Names:
        """Return the names in a language."""
        zh = language == "zh"
        kinds = self.lexicon[0].kinds.values()
        return Names(
            kinds={kind.id: kind.zh if zh else kind.en for kind in kinds},
            places=place_names(),
            obligations={o.id: o.name_zh if zh else o.name_en for o in self.rules.obligations},
            sources={source.id: source.name for source in self.sources.values()},
            ranks={rank.id: rank.zh if zh else rank.en for rank in self.conferences.ranks},
            tasks={task.id: task.zh if zh else task.en for task in self.conferences.tasks},
        )

    @cached_property
    def follows(self) -> Follows:
        """Which kinds of incident may lead to which."""
        return load_chains(self.lexicon[0].kinds)

    @property
    def region(self) -> str:
        """The division whose incidents are ours."""
        return self.settings.form.bureau.region

    @cached_property
    def intake(self) -> Intake:
        """The way from entries to incidents."""
        reader = self.settings.form.second_reader
        asks = None if reader is None else reader.items
        return Intake(self.database, self.reader, self.grader, self.lore, self.pack, self.region, asks)

    @cached_property
    def desk(self) -> Desk:
        """What people can do."""
        path = self.settings.form.release.path
        return Desk(self.database, self.pack, self.grader, self.region, self.proofreader, path, self.conferences)

    @cached_property
    def conferences(self) -> ConferenceRules:
        """What is asked of press conferences."""
        return load_conferences()

    @cached_property
    def checker(self) -> Checker:
        """What checks releases; it is asked for by few commands, and takes its time to build."""
        return Checker(self.reader, load_release_rules(self.lexicon[0].kinds))

    @property
    def proofreader(self) -> Proofreader:
        """What reads releases for this bureau."""
        bureau = self.settings.form.bureau
        return Proofreader(lambda: self.checker, bureau.name, bureau.phone)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may use the service."""
        form, hasher = self.settings.form, Hasher()
        limits = Limits(idle=form.accounts.idle, longest=form.accounts.longest)
        own = ("huiying", form.bureau.name)
        register = Register(self.database, hasher, common=common_passwords(), own=own, duty=self.duty)
        entrance = Entrance(self.database, hasher, limits)
        other = self._single_sign_on(register, entrance) if form.accounts.oidc else None
        return Accounts(register, entrance, Tokens(self.database), other)

    def _single_sign_on(self, register: Register, entrance: Entrance) -> SingleSignOn:
        setting = self.settings.form.accounts.oidc
        assert setting is not None
        told = ProviderSettings(
            issuer=setting.issuer,
            client_id=setting.client_id,
            client_secret=setting.client_secret.get_secret_value() if setting.client_secret else "",
            back=f"{setting.address}/sign-in/other/back",
            scope=setting.scope,
            groups=setting.groups,
        )
        roles = {group: tuple(given) for group, given in setting.roles.items()}
        provider = Provider(lambda: self.gate, told)
        return SingleSignOn(self.database, provider, register, entrance, name=setting.name, roles=roles)

    @cached_property
    def links(self) -> AckLinks:
        """The links by which people acknowledge where there are no buttons."""
        public_url = self.settings.form.console.public_url
        return AckLinks(self.database, self.desk, public_url, self.words, self.duty)

    @cached_property
    def appraisals(self) -> AppraisalDesk:
        """What people do in appraisals of offices."""
        setting = self.settings.form.appraisal
        rules = load_appraisal(Path(setting.rules)) if setting.rules else load_appraisal()
        return AppraisalDesk(self.database, rules, self.pack, setting.least, self.ratings is not None)

    @property
    def ratings(self) -> Ratings | None:
        """What the public says of responses, None where it is not asked."""
        setting, address = self.settings.form.appraisal, self.settings.form.console.public_url
        if not (setting.ratings and address):
            return None
        return Ratings(self.database, address, setting.days, setting.least)

    @cached_property
    def matters(self) -> Matters:
        """What people can do with matters that no report opens."""
        return Matters(self.database, self.pack, self.region)

    @cached_property
    def versions(self) -> Versions:
        """What becomes of deadlines whose rule has changed."""
        return Versions(self.database, self.pack, self.region)

    @cached_property
    def snoozes(self) -> Snoozes:
        """The acknowledgements that hold for a while only."""
        return Snoozes(self.database, self.desk, self.words)

    @cached_property
    def rota_desk(self) -> RotaDesk:
        """What people can do about the rotas."""
        return RotaDesk(self.database, self.duty)

    @cached_property
    def drills(self) -> Drills:
        """What begins, ends and scores drills."""
        return Drills(self.database, self.pack, self.region, self.words)

    @cached_property
    def inquiry(self) -> Inquiry:
        """What answers why."""
        return Inquiry(self.database, self.reader, self.lore, self.pack, self.region)

    @cached_property
    def sorting(self) -> Sorting:
        """What people decide about single items."""
        return Sorting(self.database, self.reader, self.lore, self.grader, self.pack, self.region)


def lore_of(lexicon: Lexicon, gazetteer: Gazetteer) -> Lore:
    """Return what placing needs to know of the lexicon: kinds near each other, broad ones, pairs that say little."""
    kinds = lexicon.kinds.values()
    near = {kind.id: set(kind.near | kind.takes) - {"other"} for kind in kinds}
    for kind in kinds:
        for other in near[kind.id]:
            near[other].add(kind.id)
    common = {word[n : n + 2] for word in lexicon.meanings for n in range(len(word) - 1)}
    fates = [word for word, means in lexicon.meanings.items() if means.fate]
    tolls = {word[n : n + 2] for word in fates for n in range(len(word) - 1)}
    return Lore(
        near={kind: frozenset(others) for kind, others in near.items()},
        broad=frozenset(kind.id for kind in kinds if kind.regime == "natural_disaster"),
        common=frozenset(common),
        tolls=frozenset(tolls),
        where=gazetteer.read,
    )


@contextmanager
def open_parts(
    settings: Settings | None = None,
    database: Database | None = None,
    *,
    without_people: Callable[[Mistake], None] | None = None,
) -> Iterator[Parts]:
    """Give the parts for one command and close them afterwards; without `settings`, those that send nothing."""
    parts = Parts(settings or load_settings(secrets=False), database, without_people=without_people)
    try:
        yield parts
    finally:
        parts.close()
