"""What people read for the signs, grounds and conditions of an explanation; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.duties.obligations import Condition, Jurisdiction
from monitor.core.errors import N_
from monitor.core.explain.duties import Remedy, Standing
from monitor.core.explain.uncounted import Passed
from monitor.core.reading.evidence import Ruling
from monitor.core.reading.place_name import Role

SIGNS: Mapping[str, str] = {
    "event": N_("tells of a happening"),
    "event_title": N_("tells of a happening in the title"),
    "topic_title": N_("names a kind of happening in the title"),
    "supported": N_("something happened by these words"),
    "beside": N_("says beside it that it happened"),
    "dead": N_("states dead"),
    "missing": N_("states missing"),
    "trapped": N_("states trapped"),
    "hurt": N_("states hurt"),
    "caused": N_("tells what something led to"),
    "saved": N_("states saved"),
    "rescue": N_("speaks of rescue"),
    "setting": N_("names a thing or site that such happenings befall"),
    "place": N_("names a known place"),
    "day": N_("names a day"),
    "hour": N_("names an hour"),
    "year": N_("names a year"),
    "past": N_("speaks of the past"),
    "general": N_("speaks in general or in supposition"),
    "tagged": N_("a hashtag names a disaster"),
    "toll": N_("states a toll"),
    "time": N_("names a time"),
    "thing": N_("an event word beside a thing or place"),
    "link": N_("has a link"),
    "links": N_("has several links"),
    "colon": N_("begins like a headline"),
    "long": N_("is long"),
    "short": N_("is short"),
    "terse": N_("is only a few words"),
    "me": N_("speaks of oneself"),
    "you": N_("addresses somebody"),
    "others": N_("speaks of him or her"),
    "asked": N_("asks"),
    "exclaimed": N_("exclaims"),
    "tag": N_("has a hashtag"),
    "tags": N_("has many hashtags"),
    "reply": N_("answers somebody"),
    "lower": N_("begins in lower case"),
    "quoted": N_("begins with a quotation"),
    "abstract": N_("an event word beside an abstract one"),
    "simile": N_("an event word in a comparison"),
    "nothing": N_("has no word of harm"),
    "bare": N_("has no word that is seldom said of anything else"),
}
RULINGS: Mapping[Ruling, str] = {
    Ruling.BELIEVED: N_("A present happening is believed: {points} points, and above zero is enough."),
    Ruling.MANY_LOST: N_("Believed with only {points} points, because ten or more are dead or missing."),
    Ruling.OUTWEIGHED: N_("Not believed: {points} points, and more than zero is needed."),
    Ruling.NOTHING_HAPPENED: N_("Not believed: no word or figure says that anything happened."),
    Ruling.LONG_AGO: N_("Not believed: it names a year before 2000."),
    Ruling.VIOLENCE: N_("Not believed: violence alone accounts for the victims, and no kind of accident is named."),
    Ruling.DENIED: N_("Not believed: it denies a rumour."),
    Ruling.BY_PERSON: N_("Believed because a person says so."),
}
PASSED: Mapping[Passed, str] = {
    Passed.EARLIER_OR_FEARED: N_("told of something earlier, or only feared"),
    Passed.PART: N_("a part of those counted already"),
    Passed.ADDED_TO_IT: N_("added up with others"),
    Passed.WITHOUT_NUMBER: N_("persons told without a number, while a number is told elsewhere"),
    Passed.INCREMENT: N_("only those who came in addition"),
    Passed.ANOTHER_COUNTS: N_("another figure of the text is later or larger"),
    Passed.NOT_KNOWN_YET: N_("left out by the rules for figures"),
}
ROLES: Mapping[Role, str] = {
    Role.NONE: N_("named"),
    Role.AT: N_("said to be where it happened"),
    Role.STREET: N_("part of a street's name"),
    Role.THING: N_("part of a thing's name"),
    Role.MEDIA: N_("part of a newspaper's or station's name"),
    Role.OFFICE: N_("an office of the place"),
    Role.ORIGIN: N_("where people come from"),
    Role.ROUTE: N_("one end of a way"),
    Role.HOSPITAL: N_("a hospital that took people in"),
    Role.DATELINE: N_("where the report was written"),
    Role.AGENT: N_("people or firms of the place"),
    Role.CAUSE: N_("where something happened that is felt elsewhere"),
}
JURISDICTIONS: Mapping[Jurisdiction, str] = {
    Jurisdiction.OURS: N_("It lies in the region of this bureau ({region})."),
    Jurisdiction.MAYBE: N_("It may lie in the region of this bureau ({region}): the place is not known finely enough."),
    Jurisdiction.NOT_OURS: N_("It does not lie in the region of this bureau ({region})."),
}
GROUNDS: Mapping[str, str] = {
    "place": N_("place"),
    "kind": N_("kind"),
    "figures": N_("figures"),
    "wording": N_("wording"),
    "time": N_("time between them"),
    "talk": N_("how much it is talked of"),
    "injured": N_("the same number of injured"),
    "late": N_("lost anew after a silence"),
    "young": N_("how few reports there are yet"),
}
STANDINGS: Mapping[Standing, str] = {
    Standing.HAS_CLOCK: N_("This duty has a clock."),
    Standing.SWITCHED_OFF: N_("This rule is switched off in the rule pack."),
    Standing.DOES_NOT_APPLY: N_("This duty does not apply."),
    Standing.WAITS_FOR_STEP: N_("This duty applies, but the step from which it counts has not been logged yet."),
    Standing.WAITS_FOR_TIME: N_("This duty applies, but no report has a trustworthy time; a person starts the clock."),
    Standing.TOO_OLD: N_("This duty applies, but the news was too old when it was first seen."),
    Standing.MATTER_CLOSED: N_("This duty applies, but the incident is dismissed or merged."),
    Standing.STARTS_NOW: N_("This duty applies; its clock starts with the next look."),
}
CONDITIONS: Mapping[Condition, str] = {
    Condition.MATTER: N_("is for incidents"),
    Condition.REGION: N_("in the region of this bureau"),
    Condition.PROVINCE: N_("in a province under this regime"),
    Condition.RUMOUR: N_("as a rumour: {needed}; it is {found}"),
    Condition.VOUCHED: N_("vouched for, and not only claimed"),
    Condition.AFTER: N_("one of these was logged before: {needed}"),
    Condition.BELOW: N_("the firm grade is below {needed}; it is {found}"),
    Condition.AT_LEAST: N_("the grade is at least {needed}; it is {found}"),
    Condition.CONCERN: N_("public concern: {needed}; it is {found}"),
}
REMEDIES: Mapping[Remedy, str] = {
    Remedy.GRADE: N_("If its grade were {value}, this duty would apply {how}."),
    Remedy.LOWER_GRADE: N_("If its firm grade were only {value}, this duty would apply {how}."),
    Remedy.SOURCES: N_("If {value} sources reported it, this duty would apply {how}."),
    Remedy.WAVE: N_("If the public talk of it reached this grade ({value}), this duty would apply {how}."),
    Remedy.RUMOUR: N_("If {value} sources claimed it and nobody official vouched for it, this duty would apply {how}."),
    Remedy.DENIED: N_("If an official source denied it, this duty would apply {how}."),
    Remedy.VOUCHED: N_("If a medium or an official source vouched for the same grade, this duty would apply {how}."),
    Remedy.RESPONSE: N_("Once a response is logged ({value}), this duty applies {how}."),
    Remedy.IN_REGION: N_("If it were sure to lie in our region, this duty would apply {how}."),
    Remedy.ELSEWHERE: N_("If it lay in a province under this regime, this duty would apply {how}."),
    Remedy.CONFIRMED: N_("If a person confirmed the incident, this duty would apply {how}."),
}
