"""What an incident's items say together, and how it became known: figures, place, kind and severity over time.

Everything is folded anew from the items, in the order in which they became known; nothing is counted up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.incidents.grader import Grader
from monitor.core.incidents.voices import is_claim
from monitor.core.model import Place, Scope, Severity, Speaker, Trust

AT_RISK = ("missing", "trapped")
THE_LOST = {"deaths", *AT_RISK}
WEIGHT = {Trust.OFFICIAL: 5, Trust.CENTRAL_MEDIA: 4, Trust.LOCAL_MEDIA: 3, Trust.PLATFORM: 2, Trust.PERSONAL: 1}
NEAREST_FIRST = (Scope.DOMESTIC, Scope.HK_MO_TW, Scope.FOREIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An Item inside an incident, reduced to what the incident needs of it.

    `maybe_recent` is False where no time can be trusted, but the day or the circumstances show that it is old.
    """

    item_id: int
    title: str
    source: str
    trust: Trust
    first_seen_at: datetime
    published_at: datetime | None = None
    maybe_recent: bool = True
    kind: str = "other"
    scope: Scope = Scope.UNKNOWN
    place: Place = field(default_factory=Place)
    figures: Mapping[str, int] = field(default_factory=dict)
    likely: Severity | None = None
    occurred_at: datetime | None = None
    speaker: Speaker | None = None
    sentence: str = ""

    @property
    def claim(self) -> bool:
        """Whether it is only claimed, so that no firm grade may rest on it."""
        return is_claim(self.trust, self.speaker)

    @property
    def reported_at(self) -> datetime:
        """The trusted time of publication, else the moment we first saw it."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityStep:
    """One step of the severity over time, with the item and sentence behind it."""

    at: datetime
    reported_at: datetime
    severity: Severity | None
    likely: Severity | None
    figures: Mapping[str, int]
    item_id: int
    sentence: str

    @property
    def highest(self) -> Severity | None:
        """The higher of the firm and the likely grade."""
        return max((s for s in (self.severity, self.likely) if s is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is known of an incident now."""

    title: str
    kind: str
    scope: Scope
    place: Place
    figures: Mapping[str, int]
    severity: Severity | None
    likely: Severity | None
    sources: int
    items: int
    first_seen_at: datetime
    last_seen_at: datetime
    first_reported_at: datetime | None
    maybe_recent: bool
    occurred_at: datetime | None
    steps: tuple[SeverityStep, ...]


def fold(reports: Iterable[Report], grader: Grader) -> Incident:
    """Make one Incident of its reports (at least one), in the order in which they became known.

    Those that came together are taken as they were published, not as they happened to be stored.
    """
    ordered = in_order(reports)
    steps = tuple(severity_steps(ordered, grader))
    last = steps[-1]
    return Incident(
        title=headline(ordered),
        kind=kind_of(ordered),
        scope=scope_of(ordered),
        place=place_of(ordered),
        figures=last.figures,
        severity=last.severity,
        likely=last.likely,
        sources=len({r.source for r in ordered}),
        items=len(ordered),
        first_seen_at=ordered[0].first_seen_at,
        last_seen_at=ordered[-1].first_seen_at,
        first_reported_at=first_reported(ordered),
        maybe_recent=any(r.maybe_recent for r in ordered),
        occurred_at=occurrence(ordered),
        steps=steps,
    )


def in_order(reports: Iterable[Report]) -> list[Report]:
    """Return reports in the order in which they became known; those that came together as they were published."""
    return sorted(reports, key=lambda r: (r.first_seen_at, r.reported_at, r.title, r.source, r.item_id))


def severity_steps(ordered: Sequence[Report], grader: Grader, *, kind: str | None = None) -> Iterator[SeverityStep]:
    """Yield the first report's step and one for each report that changes the grade or a figure it rests on.

    What is only claimed makes a grade likely, never firm, and gives way to a figure that somebody vouches for.
    `kind` is what a person says it is, whatever the reports call it.
    """
    figures: dict[str, int] = {}
    vouched: dict[str, int] = {}
    worded: Severity | None = None
    before: SeverityStep | None = None
    latest: datetime | None = None
    kinds: Counter[str] = Counter()
    for report in ordered:
        together = report.first_seen_at == latest
        latest = report.first_seen_at
        figures = merged(figures, report.figures, together=together)
        if not report.claim:
            vouched = merged(vouched, report.figures, together=together)
            figures |= vouched
        worded = _worded(worded, report, grader)
        _vote_kind(kinds, report)
        graded = grader.by_figures(kind or _leading(kinds), vouched)
        claimed = graded if figures == vouched else grader.by_figures(kind or _leading(kinds), figures)
        highest = max((s for s in (graded.likely, claimed.likely, claimed.severity) if s is not None), default=None)
        step = SeverityStep(
            at=report.first_seen_at,
            reported_at=report.reported_at,
            severity=graded.severity,
            likely=_higher(highest, worded, graded.severity),
            figures=figures | vouched,
            item_id=report.item_id,
            sentence=report.sentence or report.title,
        )
        if before is None or _differs(before, step):
            yield step
            before = step


def _worded(before: Severity | None, report: Report, grader: Grader) -> Severity | None:
    """Return the likely grade that rests on more than figures, as wording does; figures end an older one."""
    own = grader.by_figures(report.kind, report.figures).likely
    told = report.likely if report.likely is not None and (own is None or report.likely > own) else None
    kept = None if THE_LOST & report.figures.keys() else before
    return max((s for s in (kept, told) if s is not None), default=None)


def _differs(before: SeverityStep, after: SeverityStep) -> bool:
    return (before.severity, before.likely, before.figures) != (after.severity, after.likely, after.figures)


def _higher(likely: Severity | None, worded: Severity | None, firm: Severity | None) -> Severity | None:
    """Return the likely grade that stands above the firm one."""
    best = max((s for s in (likely, worded) if s is not None), default=None)
    return best if best is not None and (firm is None or best > firm) else None


def merged(known: Mapping[str, int], news: Mapping[str, int], *, together: bool = False) -> dict[str, int]:
    """Let the latest cumulative figure win; the dead are not taken back by a report that lags behind.

    Whoever is found dead was missing or trapped before, and whoever is now called missing may have been called trapped:
    so what a report leaves unsaid of the missing and trapped falls by those it tells of, and nobody is counted twice.
    More dead than were missing and trapped are others; and what is told `together`, at one moment, is one state.
    """
    result = {**known, **news}
    before = known.get("deaths", 0)
    if "deaths" in news:
        result["deaths"] = max(before, news["deaths"])
    if together:
        return result
    at_risk = sum(known.get(name, 0) for name in AT_RISK)
    found = result.get("deaths", 0) - before
    told = (found if found <= at_risk else 0) + sum(news.get(name, 0) for name in AT_RISK)
    left = max(0, at_risk - told)
    for name in AT_RISK:
        if name in known and name not in news:
            result[name] = min(known[name], left)
            left -= result[name]
    return result


def headline(ordered: Sequence[Report]) -> str:
    """Return the first title of the most trusted source that states a figure, else the first title."""
    telling = [r for r in ordered if r.figures] or list(ordered)
    return max(telling, key=lambda r: WEIGHT[r.trust]).title


def kind_of(reports: Iterable[Report]) -> str:
    """Return the kind that most trusted reports name."""
    kinds: Counter[str] = Counter()
    for report in reports:
        _vote_kind(kinds, report)
    return _leading(kinds)


def _vote_kind(kinds: Counter[str], report: Report) -> None:
    if report.kind != "other":
        kinds[report.kind] += WEIGHT[report.trust]


def _leading(kinds: Counter[str]) -> str:
    return kinds.most_common(1)[0][0] if kinds else "other"


def scope_of(reports: Sequence[Report]) -> Scope:
    """Return where the reports place the incident; any place outweighs silence, and the nearest one wins a draw."""
    votes: Counter[Scope] = Counter()
    for report in reports:
        votes[report.scope] += WEIGHT[report.trust]
    best = max(NEAREST_FIRST, key=lambda scope: votes[scope])
    return best if votes[best] else Scope.UNKNOWN


def place_of(reports: Sequence[Report]) -> Place:
    """Return the finest place that the most trusted reports agree on, level by level.

    Only those count that agree with the others on the scope. What comes into question besides is what those leave open
    that place it no finer.
    """
    scope = scope_of(reports)
    agreed = [r for r in reports if r.scope in (scope, Scope.UNKNOWN)]
    voting = [r for r in agreed if r.place.province is not None]
    codes: dict[str, str] = {}
    for level in ("province", "city", "county"):
        votes: Counter[str] = Counter()
        for report in voting:
            code = getattr(report.place, level)
            if code is not None:
                votes[code] += WEIGHT[report.trust]
        if not votes:
            continue
        code = votes.most_common(1)[0][0]
        voting = [r for r in voting if getattr(r.place, level) in (None, code)]
        codes[level] = code
    chosen = Place(codes.get("province"), codes.get("city"), codes.get("county"))
    alike = [r.place for r in agreed if r.place.code == chosen.code and (r.place.code or r.place.among)]
    names = [place.name for place in alike if place.name]
    among = sorted({code for place in alike for code in place.among})
    return replace(chosen, name=names[0] if names else "", among=tuple(among))


def first_reported(reports: Iterable[Report]) -> datetime | None:
    """Return the earliest trusted time of publication, or None where no report has one."""
    return min((r.published_at for r in reports if r.published_at is not None), default=None)


def occurrence(reports: Sequence[Report]) -> datetime | None:
    """Return when it happened by the most trusted report that says so credibly.

    Nothing happens after it was first reported: what a report says of a later hour is about something else, such as a
    briefing. It stays with the report's own assessment.
    """
    reported_at = first_reported(reports)
    told = [(WEIGHT[r.trust], r.occurred_at) for r in reports if r.occurred_at is not None]
    credible = [(weight, at) for weight, at in told if reported_at is None or at <= reported_at]
    best = max((weight for weight, _ in credible), default=0)
    return min((at for weight, at in credible if weight == best), default=None)
