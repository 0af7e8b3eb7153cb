"""What alerts ask people and tell them beside the reminders of a deadline, as templates."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core import clock_alerts
from monitor.core.engine import CLOCKS
from monitor.core.errors import N_
from monitor.core.model import AlertReason
from monitor.core.views import AlertView
from responders.documents import assignments, drafts

NO_TRUSTED_TIME = N_(
    "No report of this incident has a trustworthy time, so no deadline runs. Confirm the incident to start the clock."
)
TOO_OLD = N_(
    "The first report of this incident was too old for a clock when it came, but something newer speaks of it. "
    "Confirm the incident to start the clock, or dismiss it."
)
REGRADED_LATE = N_(
    "A higher grade was reached after the time in which it counts by itself. Confirm the incident to let the duties of "
    "the higher grade run; otherwise those that run stay as they are."
)
DENIED = N_(
    "An official source denies it: {title}. Dismiss the incident if nothing happened, or confirm it. "
    "Its clocks run on until somebody decides."
)
# What is told or asked by alerts that are about no reminder of a deadline, by the name of the alert's point.
QUESTIONS: Mapping[str, str] = {
    **drafts.TOLD,
    **assignments.TOLD,
    "undated": NO_TRUSTED_TIME,
    "too_old": TOO_OLD,
    "regraded_late": REGRADED_LATE,
    "grown": N_(
        "This incident was dismissed, but newer reports make it graver, or more of the public talk of it. Confirm it "
        "to let its deadlines run, or leave it dismissed."
    ),
    "fault": N_("The deadlines of incident {matter} cannot be reckoned ({what}). Watch them by hand and tell your IT."),
    "troubled:deliver": N_(
        "Alert {row} cannot be sent ({what}). It is tried again now and then; all others are sent. Tell your IT."
    ),
    "troubled:crawl": N_(
        "The source {row} cannot be dealt with ({what}). It is tried again now and then; all others are read. "
        "Tell your IT."
    ),
    "troubled:entries": N_(
        "{count} entries of the source {row} could not be taken in, the first: {title} ({what}). All others are. Read "
        "them at the source itself, and tell your IT."
    ),
    "troubled:second": N_(
        "Item {row} cannot be given to the second reader ({what}). The others are, and the first reading goes on "
        "without it."
    ),
    "troubled:evidence": N_(
        "The published page of response {row} cannot be dealt with ({what}). It is tried again now and then; all "
        "others are looked at. Tell your IT."
    ),
    "troubled:drafts": N_(
        "Nobody can be told of draft {row} ({what}). It is tried again now and then. Look at the draft by hand, and "
        "tell your IT."
    ),
    "troubled:receipts": N_(
        "Nobody can be told of receipt {row} ({what}). It is tried again now and then. Ask the office by telephone, "
        "and tell your IT."
    ),
    "troubled:offers": N_(
        "It cannot be told whether what we published answers incident {row} ({what}). It is tried again now and then. "
        "Log responses by hand meanwhile, and tell your IT."
    ),
    "troubled:conferences": N_(
        "Nobody can be told what is open of plan {row} of a press conference ({what}). It is tried again now and then. "
        "Look at the plan by hand, and tell your IT."
    ),
    "troubled:brief": N_(
        "The briefing of {row} cannot be compiled ({what}). It is tried again now and then; alerts are sent as always. "
        "Tell your IT."
    ),
    "sources:most": N_(
        "{failing} of {all} sources are failing, so incidents may be missed: {names}. Check the way to the network."
    ),
    "sources:blind": N_(
        "These sources fail or have been silent for longer than usual: {names}. `huiying source test ID` shows why."
    ),
    "sources:refused": N_(
        "The robots.txt of these sites does not allow their sources to be fetched, so they are left alone: {names}. "
        "Ask each site for a written permission and enter it under permission: of the source, or take the source out."
    ),
    "hubs:silent": N_(
        "Hubs that promised to tell what is new say nothing, although looking finds news: {names}. These sources are "
        "looked at as often as before. `huiying doctor` names what each hub said."
    ),
    "sources:back": N_("These sources are well again: {names}."),
    "sources:over": N_("The sources that were told of as failing or silent are well again."),
    "second_reader:down": N_(
        "The second reader at {host} has failed several times and is asked less often ({said}). The first reading goes "
        "on without it. `huiying doctor` tries it out."
    ),
    "second_reader:over": N_("The second reader at {host} answers again."),
    **{trouble.value: text for trouble, text in CLOCKS.items()},
    clock_alerts.OVER: N_("The clocks agree again (process {process})."),
    clock_alerts.PAUSED: N_(
        "The service stood still for {seconds} s (process {process}). What came due meanwhile is told now, as late."
    ),
    "briefing:nobody": N_(
        "Nobody gets the daily briefing: everybody under briefing: to: has left the list. Name another recipient in "
        "huiying.yaml, or agree with one who left and run `huiying brief --subscribe ADDRESS`."
    ),
    "path": N_(
        "The silent drill did not get through over these channels: {names}. An alert would not reach anybody there. "
        "`huiying doctor` says why."
    ),
    "path:over": N_("The silent drill got through over all channels again."),
    "denied": DENIED,
    "spreading": N_(
        "This incident was dismissed, but a claim of it spreads and nobody official has denied it. "
        "Clarify what is false, or confirm the incident."
    ),
    "rumour_confirmed": N_("What was a rumour is confirmed, so nothing false is left to clarify. Other clocks run on."),
    "doubt:rumour": N_("The reports no longer amount to a rumour. This deadline runs on until a person waives it."),
    "rota:gap": N_(
        "Nobody is on duty in {rota} from {begins} until {ends} ({gaps} gap(s) in the next seven days). Put somebody "
        "on duty: `huiying rota override`"
    ),
    "duty:nobody": N_(
        "A page found nobody on duty ({whom}), so only the team channels carry it. Put somebody on duty: "
        "`huiying rota override`"
    ),
    "duty:gone": N_(
        "{name} ({who}) is no longer in the duty file, but open alerts, running deadlines or the rota still count on "
        "him: he is not told. Put him back or name somebody else, and look at what is open yourself."
    ),
    "handoff": N_("{rota}: {before} goes off duty, {after} comes on, as of {at}."),
    "exhausted": N_(
        "Everybody was told as often as the policy says, and nobody has acknowledged. Ring those in charge by "
        "telephone."
    ),
    "remind": N_(
        "This was acknowledged, but no response has been logged since. Acknowledge again if you are at it; otherwise "
        "paging begins anew."
    ),
    "doubt:rule": N_("The rule of this deadline has left the rule pack. It runs on until a person waives it."),
}
MAJOR_WAVE = N_(
    "The public talks of this incident very widely. Tell those in charge by telephone at once. It starts no five-hour "
    "clock by itself."
)
ADOPTED = N_("This deadline now goes by the rules in use. Its end is as shown; a person decided so.")
GROWING_WAVE = N_("The public talks of this incident more widely than before. It starts no five-hour clock by itself.")
NOT_ACKNOWLEDGED = N_("Nobody has acknowledged it yet, or not enough people. Acknowledging stops the paging.")


def changed(alert: AlertView) -> str:
    """Return why a deadline is told of that changed, or that nothing supports it any more."""
    if alert.reason is AlertReason.UPDATED:
        return N_("What is known now no longer supports this deadline. It runs on until a person waives it.")
    if alert.point.startswith("adopted:"):
        return ADOPTED
    if alert.point.startswith("calendar:"):
        return N_("The calendar changed: the deadline was reckoned anew by the days now announced.")
    return N_("An earlier report was found: the deadline now ends earlier.")
