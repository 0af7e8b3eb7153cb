"""What people are told about whose an incident is: why none of their clocks runs, or what they are asked."""

from __future__ import annotations

from monitor.core.duties.obligations import WHOLE_COUNTRY, Jurisdiction, jurisdiction
from monitor.core.errors import N_
from monitor.core.model import Scope
from monitor.core.naming import Names
from monitor.core.views import IncidentView
from responders.language import Words

MOST_NAMED = 12
ABROAD = N_(
    "By the reports it happened abroad: it is only watched, and no deadline runs. "
    "Confirm it only if it happened in {region} after all."
)
OUTSIDE_THE_REGIME = N_(
    "By the reports it happened in Hong Kong, Macao or Taiwan, where the response duties of the mainland do not apply: "
    "it is only watched, and no deadline runs. Confirm it only if it happened in {region} after all."
)
OUTSIDE_THE_REGION = N_(
    "By the reports it happened outside {region}: it is only watched, and no deadline runs. "
    "Confirm it only if it happened in {region} after all."
)
NOWHERE = N_("No report says where it happened. Confirm it if it was in {region}; if not, dismiss it.")
TOO_COARSE = N_("The reports say no more than {place}. Confirm it if it was in {region}; if not, dismiss it.")
IN_ONE_OF = N_(
    "By the reports it may concern any of these: {places}. Confirm it if it was in {region}; if not, dismiss it."
)
MAINLAND = N_("the mainland")


def whose(incident: IncidentView, region: str) -> Jurisdiction:
    """Tell whether an incident concerns the bureau of `region`; what a person confirmed does."""
    if incident.confirmed:
        return Jurisdiction.OURS
    return jurisdiction(incident.place, incident.scope, region)


def said_whose(incident: IncidentView, region: str, names: Names, words: Words) -> str:
    """Say why an incident is only watched or what is asked about its place; nothing where it is ours."""
    answer = whose(incident, region)
    if answer is Jurisdiction.OURS:
        return ""
    ours = words(MAINLAND) if region == WHOLE_COUNTRY else names.division(region)
    if answer is Jurisdiction.NOT_OURS:
        told = {Scope.FOREIGN: ABROAD, Scope.HK_MO_TW: OUTSIDE_THE_REGIME}.get(incident.scope, OUTSIDE_THE_REGION)
        return words(told, region=ours)
    place = incident.place
    if place.among:
        several = [names.division(code) for code in place.among[:MOST_NAMED]]
        listed = words(N_(", ")).join(several) + ("…" if len(place.among) > MOST_NAMED else "")
        return words(IN_ONE_OF, places=listed, region=ours)
    if place.code is None:
        return words(NOWHERE, region=ours)
    return words(TOO_COARSE, place=names.place(place), region=ours)
