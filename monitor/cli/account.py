"""The commands about accounts. A password is read from the terminal or a file, never from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole, Permission
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.service import open_parts
from responders.accounts.tokens import SCOPES
from responders.labels import label

Command = Callable[..., Any]
ROLE = click.Choice([role.value for role in AccountRole])
SCOPE = click.Choice([scope.value for scope in SCOPES])


class PasswordsDiffer(Mistake):
    """The password was not typed twice alike."""

    message = N_("The two passwords differ; nothing was changed.")


class NoTerminal(Mistake):
    """A password was to be typed where nobody can type."""

    message = N_("There is no terminal to type a password at. Put it into a file and name it with --password-file.")


def password_file(function: Command) -> Command:
    """Add the option that names a file with the password."""
    told = say(N_("A file whose first line is the password; it is asked for where left out."))
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--password-file", type=kind, help=told)(function)


def read_password(file: Path | None) -> str:
    """Return the password of a file's first line, or as it is typed twice."""
    if file is not None:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0]
    if not sys.stdin.isatty():
        raise NoTerminal
    first = click.prompt(say(N_("Password")), hide_input=True)
    if click.prompt(say(N_("Once more")), hide_input=True) != first:
        raise PasswordsDiffer
    return str(first)


@click.group(help=say(COMMAND_HELP["account"]))
def group() -> None:
    """Hold the commands about accounts together."""


@group.command("add", help=say(N_("Make an account; the first one ends that everybody may act.")))
@click.argument("login")
@click.option(
    "--name", default="", help=say(N_("The name that is kept with what the person does; the login otherwise."))
)
@click.option(
    "--role", "roles", type=ROLE, multiple=True, required=True, help=say(N_("What the person is; repeatable."))
)
@click.option("--contact", default="", help=say(N_("Who it is in the duty file.")))
@click.option("--region", default="", help=say(N_("The region of a county colleague, six digits.")))
@click.option("--issuer", default="", help=say(N_("Signs in elsewhere: the service's own name for itself.")))
@click.option("--subject", default="", help=say(N_("Signs in elsewhere: the person's number there.")))
@password_file
@who
def add(login: str, roles: tuple[str, ...], password_file: Path | None, by: str, **facts: str) -> None:
    """Make an account."""
    facts["name"] = facts["name"] or login
    password = "" if facts["subject"] and password_file is None else read_password(password_file)
    chosen = [AccountRole(role) for role in roles]
    with open_parts() as parts:
        made = parts.accounts.register.add(login, roles=chosen, password=password, by=by, now=moment(), **facts)
    click.echo(table.line(say(N_("{login} may sign in now, as: {roles}."), login=made.login, roles=_said(made))))


@group.command("list", help=say(N_("List all accounts.")))
@click.option("--json", "json_wanted", is_flag=True, help=say(N_("One JSON object a line.")))
def listed(json_wanted: bool) -> None:
    """List all accounts."""
    with open_parts() as parts:
        found = parts.accounts.register.all()
    if json_wanted:
        table.as_json(_plain(account) for account in found)
    elif not found:
        click.echo(say(N_("Nobody has an account: whoever reaches the console on this machine may act.")))
    else:
        heads = (N_("Login"), N_("Name"), N_("Roles"), N_("Region"), N_("Contact"), N_("State"))
        table.show([_row(account) for account in found], [say(head) for head in heads])


@group.command("roles", help=say(N_("Give an account other roles; its sessions end.")))
@click.argument("login")
@click.argument("roles", type=ROLE, nargs=-1, required=True)
@click.option("--region", help=say(N_("The region of a county colleague, six digits.")))
@who
def roles(login: str, roles: tuple[str, ...], region: str | None, by: str) -> None:
    """Give other roles."""
    with open_parts() as parts:
        chosen = [AccountRole(role) for role in roles]
        changed = parts.accounts.register.edit(login, roles=chosen, region=region, by=by, now=moment())
    click.echo(table.line(say(N_("{login} is now: {roles}."), login=changed.login, roles=_said(changed))))


@group.command("disable", help=say(N_("Let an account be of no more use; its sessions and tokens end.")))
@click.argument("login")
@who
def disable(login: str, by: str) -> None:
    """Disable an account."""
    with open_parts() as parts:
        parts.accounts.register.disable(login, by=by, now=moment())
    click.echo(
        table.line(say(N_("The account {login} is of no use any more; its sessions and tokens ended."), login=login))
    )


@group.command("enable", help=say(N_("Let a disabled account be used again.")))
@click.argument("login")
@who
def enable(login: str, by: str) -> None:
    """Enable an account."""
    with open_parts() as parts:
        parts.accounts.register.enable(login, by=by, now=moment())
    click.echo(table.line(say(N_("{login} may sign in again."), login=login)))


@group.command("password", help=say(N_("Give an account another password; its sessions end.")))
@click.argument("login")
@password_file
@click.option(
    "--drop-code", is_flag=True, help=say(N_("Ask for no code of an authenticator any more: the phone is lost."))
)
@who
def password(login: str, password_file: Path | None, drop_code: bool, by: str) -> None:
    """Give another password."""
    with open_parts() as parts:
        register = parts.accounts.register
        register.account(login)
        ended = register.set_password(login, read_password(password_file), by=by, now=moment())
        if drop_code:
            register.drop_totp(login, by=by, now=moment())
    click.echo(say(N_("{ended} session(s) ended."), ended=ended))


@group.command("sessions", help=say(N_("List where somebody is signed in.")))
@click.argument("login")
@click.option("--json", "json_wanted", is_flag=True, help=say(N_("One JSON object a line.")))
def sessions(login: str, json_wanted: bool) -> None:
    """List sessions."""
    with open_parts() as parts:
        register, longest = parts.accounts.register, parts.settings.form.accounts.longest
        found = register.sessions(register.account(login), longest=longest, now=moment())
    if json_wanted:
        table.as_json(
            {"id": s.id, "since": s.made_at, "last_act": s.seen_at, "ip": s.ip, "agent": s.agent} for s in found
        )
        return
    heads = (N_("Session"), N_("Since"), N_("Last act"), N_("From"), N_("Browser"))
    rows = [[s.id, shown(s.made_at), shown(s.seen_at), s.ip, s.agent] for s in found]
    table.show(rows, [say(head) for head in heads])


@group.command("revoke", help=say(N_("End the sessions of an account, or one of them.")))
@click.argument("login")
@click.argument("session", required=False)
@who
def revoke(login: str, session: str | None, by: str) -> None:
    """End sessions."""
    with open_parts() as parts:
        register = parts.accounts.register
        ended = register.revoke(register.account(login), by=by, now=moment(), session=session)
    click.echo(say(N_("{ended} session(s) ended."), ended=ended))


@group.command("token", help=say(N_("Make a token for a program and print it, once.")))
@click.argument("login")
@click.option("--name", required=True, help=say(N_("What it is for.")))
@click.option(
    "--scope", "scopes", type=SCOPE, multiple=True, required=True, help=say(N_("What it allows; repeatable."))
)
@click.option("--days", type=int, default=90, help=say(N_("For how many days.")))
def token(login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token."""
    chosen = [Permission(scope) for scope in scopes]
    with open_parts() as parts:
        account = parts.accounts.register.account(login)
        made, text = parts.accounts.tokens.issue(account, name, chosen, days=days, now=moment())
    click.echo(text)
    click.echo(
        say(N_("It holds until {at}; it is not kept and cannot be shown again."), at=shown(made.expires_at)), err=True
    )


@group.command("tokens", help=say(N_("List the tokens of an account that hold.")))
@click.argument("login")
def tokens(login: str) -> None:
    """List tokens."""
    with open_parts() as parts:
        now = moment()
        found = [t for t in parts.accounts.tokens.of(parts.accounts.register.account(login)) if t.holds(now)]
    heads = (N_("Token"), N_("Name"), N_("Allows"), N_("Until"))
    rows = [[t.id, t.name, ",".join(sorted(t.scopes)), shown(t.expires_at)] for t in found]
    table.show(rows, [say(head) for head in heads])


@group.command("revoke-token", help=say(N_("Take a token back.")))
@click.argument("login")
@click.argument("token")
@who
def revoke_token(login: str, token: str, by: str) -> None:
    """Take a token back."""
    with open_parts() as parts:
        parts.accounts.tokens.revoke(parts.accounts.register.account(login), token, by=by, now=moment())
    click.echo(say(N_("The token is worth nothing from now on.")))


def _said(account: Account) -> str:
    return say(N_(", ")).join(say(label(role)) for role in sorted(account.roles))


def _row(account: Account) -> list[str]:
    state = say(N_("in use")) if account.active else say(N_("disabled"))
    return [account.login, account.name, _said(account), account.region, account.contact, state]


def _plain(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "roles": account.roles,
        "region": account.region,
        "contact": account.contact,
        "state": account.state,
        "issuer": account.issuer,
        "subject": account.subject,
        "code": account.has_totp,
    }
