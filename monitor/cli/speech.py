"""The language of the command line: HUIYING_LANG, else Chinese; also for the messages of the library that parses it."""

from __future__ import annotations

import gettext
import os

from monitor.core.errors import N_
from responders.language import DOMAIN, LOCALE, Words, chosen_language

LANGUAGE = chosen_language()
say = Words(LANGUAGE)
os.environ["LANGUAGE"] = LANGUAGE
gettext.bindtextdomain(DOMAIN, LOCALE)
gettext.textdomain(DOMAIN)

COMMAND_HELP = {
    "webhook": N_("List, try or resume the programs that are told of events."),
    "mcp": N_("Answer a language model on standard input and output, read-only."),
    "cap": N_("Print an incident as a message of the Common Alerting Protocol 1.2."),
    "export": N_("Write a whole list to a file: xlsx, CSV, JSON or JSON Lines."),
    "statistics": N_("Show a period's figures, or write them to a workbook."),
    "appraisal": N_("List, show and export the appraisals of offices."),
    "run": N_("Start the service: crawl, watch, deliver, brief, console."),
    "check": N_("Check all configuration files and list every mistake."),
    "source": N_("Try, add, import, export or read back sources."),
    "channel": N_("List the channels, or try one."),
    "assess": N_("Read texts and say what is thought of them."),
    "explain": N_("Say why something was decided, and what would have changed it."),
    "replay": N_("Run an archive through the real pipeline on the archive's time."),
    "incidents": N_("List incidents."),
    "incident": N_("Show one incident, or link it with another."),
    "rumours": N_("List what is only claimed, how far it went, and who denied it."),
    "claim": N_("List the claims of an incident, or keep what was found of one."),
    "offer": N_("List what we published ourselves, and log it as the response."),
    "deadlines": N_("List deadlines, the most urgent first."),
    "alerts": N_("List alerts and what came of them."),
    "responses": N_("List logged responses."),
    "calendar": N_("List the holidays and made-up working days of a year."),
    "confirm": N_("Confirm an incident."),
    "dismiss": N_("Dismiss an incident as a false alarm."),
    "merge": N_("Merge an incident into another."),
    "split": N_("Take items out of an incident into a new one."),
    "ack": N_("Acknowledge an incident: the nagging stops, the deadlines run on."),
    "respond": N_("Log a published response."),
    "check-release": N_("Check whether a release says what people need; it only advises."),
    "bulletin": N_("List, make, show and export flash reports, special reports and newsletters."),
    "draft": N_("Write a release, lead it through its reviews, publish it."),
    "conference": N_("Plan a press conference, tick off what is prepared, count those of a year."),
    "waive": N_("Waive a deadline with a reason."),
    "reopen": N_("Take the waiver of a deadline back."),
    "extend": N_("Extend a deadline as its rule allows."),
    "pause": N_("Let the time of a deadline stand still, on a ground that its rule allows."),
    "resume": N_("Let the time of a paused deadline run again."),
    "reset-deadline": N_("Let the time of a deadline begin anew, on a ground that its rule allows."),
    "set-anchor": N_("State from when a deadline counts, with a reason."),
    "retract": N_("Log that a published response was withdrawn; what it met is owed again."),
    "hand-back": N_("Take an acknowledgement back: nobody acts any more."),
    "find-fault": N_("Keep that something was left out, told untruly or hidden, with evidence."),
    "decoys": N_("Count what was set aside, by class, or list the newest items of a class."),
    "report": N_("Count an item as a report of an incident."),
    "set-aside": N_("Take an item out of its incident as a decoy."),
    "rules": N_("Read the rule packs, try their examples, compare two of them."),
    "matter": N_("Open a matter that no report opens, and keep what becomes of it."),
    "duty": N_("Show who is on duty, and who is told in what order."),
    "rota": N_("Show a rota, or change who is on duty."),
    "account": N_("Say who may use the console, and as what."),
    "brief": N_("Compile the daily briefing."),
    "drill": N_("Practise with a made-up incident; alerts are marked."),
    "audit": N_("Check, list or export the audit log."),
    "certificate": N_("Certify what became of a deadline; examine a certificate."),
    "evidence": N_("List, show, export or examine what was kept of published pages."),
    "database": N_("Carry the database to another one, or copy it."),
    "doctor": N_("Examine database, clock, calendar, channels, disk and fonts."),
}


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - named as N_ is
    """Mark a message with its plural for the catalogues."""
    return one, many


# The parser's own messages, so that the catalogues hold them.
PARSER = (
    N_("Usage:"),
    N_("Options"),
    N_("Show this message and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Got unexpected extra argument ({args})"),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("Path {path!r} does not exist."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    NN_("Did you mean {possibility}?", "(Possible options: {possibilities})"),
    N_("File"),
    N_("Directory"),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("integer"),
    N_("required"),
    N_("default: {default}"),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    N_("Aborted!"),
)
