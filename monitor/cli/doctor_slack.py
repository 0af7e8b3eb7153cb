"""What doctor says of Slack's door: tokens, scopes, the way in, who is linked, whether anything ever came."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.cli.doctor_engine import Finding
from monitor.cli.speech import say
from monitor.config.slack_setting import SlackAppSetting
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.service import Parts
from monitor.service.slack_door import linked, refuse_wrong
from monitor.store import slack
from responders.channels.base import DeliveryFailure
from responders.channels.slack_web import SlackWeb
from responders.slack_app.sockets import APP_TOKEN, TOKEN_ERRORS

NEEDED = ("chat:write", "commands")
# Without these some things go less well: people are asked in their own language, lost answers are found again.
WANTED = ("users:read",)
HISTORY = ("channels:history", "groups:history")


def slack_findings(parts: Parts) -> Iterator[Finding]:
    """Examine Slack's door; nothing is said where there is none."""
    setting = parts.settings.form.slack_app
    if setting is None:
        return
    name = say(N_("Slack buttons"))
    try:
        refuse_wrong(setting, parts.settings.form)
        yield _bot(parts, setting)
        if setting.app_token is not None:
            yield _socket(parts, setting)
        yield _people(parts)
        yield _heard(parts)
    except Mistake as mistake:
        yield Finding(name, well=False, said=say.mistake(mistake))


def way_in(parts: Parts) -> str:
    """Say how what is pressed in Slack comes in, and who is linked; raise a Mistake where it could not."""
    setting = parts.settings.form.slack_app
    if setting is None:
        return say(N_("off"))
    refuse_wrong(setting, parts.settings.form)
    ways = [say(N_("Socket Mode"))] if setting.app_token is not None else []
    if setting.signing_secrets:
        url = f"{parts.settings.form.console.public_url}/slack/events"
        ways.append(say(N_("signed requests to {url}"), url=url))
    count, all_of_them = linked(parts.duty), len(parts.duty.contacts)
    return say(N_("{ways}; {linked} of {all} contacts linked"), ways=", ".join(ways), linked=count, all=all_of_them)


def _bot(parts: Parts, setting: SlackAppSetting) -> Finding:
    """Ask Slack who the bot is; the answer's head tells its scopes."""
    name = say(N_("Slack bot"))
    try:
        _, headers = SlackWeb(parts.gate, setting.base_url, setting.token.get_secret_value()).ask("auth.test")
    except DeliveryFailure as failure:
        return Finding(name, well=False, said=f"{failure.said} {say(failure.remedy)}".strip())
    scopes = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in NEEDED if scope not in scopes]
    if missing:
        told = N_("The bot lacks the scopes {scopes}. Add them under OAuth & Permissions and install the app again.")
        return Finding(name, well=False, said=say(told, scopes=", ".join(missing)))
    wanted = [scope for scope in WANTED if scope not in scopes]
    wanted += [] if scopes & set(HISTORY) else [HISTORY[0]]
    if wanted:
        said = say(N_("in order; these scopes are missing but not needed: {scopes}"), scopes=", ".join(wanted))
        return Finding(name, well=True, said=said)
    return Finding(name, well=True, said=say(N_("in order")))


def _socket(parts: Parts, setting: SlackAppSetting) -> Finding:
    """Ask for a ticket, which is not used."""
    name, token = say(N_("Slack Socket Mode")), setting.app_token
    assert token is not None
    try:
        SlackWeb(parts.gate, setting.base_url, token.get_secret_value()).call("apps.connections.open")
    except DeliveryFailure as failure:
        remedy = APP_TOKEN if getattr(failure, "error", "") in TOKEN_ERRORS else failure.remedy
        return Finding(name, well=False, said=f"{failure.said} {say(remedy)}".strip())
    return Finding(name, well=True, said=say(N_("Slack gives out connections")))


def _people(parts: Parts) -> Finding:
    name, count = say(N_("Slack members")), linked(parts.duty)
    if not count:
        told = N_("No contact of the duty file is linked, so nobody may press anything. Write slack: under contacts.")
        return Finding(name, well=False, said=say(told))
    return Finding(name, well=True, said=say(N_("{count} contacts linked"), count=count))


def _heard(parts: Parts) -> Finding:
    """Tell when Slack last sent anything: that its settings for buttons and the command are right shows only there."""
    with parts.database.read() as connection:
        at = slack.last_event(connection)
    if at is None:
        told = N_(
            "Nothing has come from Slack yet. Type /huiying there; if nothing happens, compare the app's settings with "
            "the manifest in docs/slack.md."
        )
        return Finding(say(N_("Slack events")), well=True, said=say(told))
    return Finding(say(N_("Slack events")), well=True, said=say(N_("last at {at}"), at=shown(at)))
