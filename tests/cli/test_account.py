"""Accounts from a terminal: the first administrator, what is refused, and that no password is an argument."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.account import group
from monitor.cli.acts import moment
from monitor.store.database import Database
from responders.accounts import Entrance, Tokens
from responders.accounts.entrance import Caller
from responders.accounts.hashing import Hasher
from tests.cli.terminal import Terminal

SENTENCE = "夜里两点半 the phone rings"


@pytest.fixture
def secret(terminal: Terminal) -> Path:
    file = terminal.folder / "password"
    file.write_text(SENTENCE + "\n", encoding="utf-8")
    return file


def test_the_first_administrator_and_what_becomes_of_an_account(terminal: Terminal, secret: Path) -> None:
    assert "whoever reaches the console on this machine may act" in terminal.run("account", "list")
    said = terminal.run("account", "add", "Boss", "--name", "赵磊", "--role", "admin", "--password-file", secret)
    assert said == "boss may sign in now, as: administrator.\n"
    terminal.run("account", "add", "li", "--role", "duty", "--role", "approver", "--password-file", secret)
    rows = terminal.json("account", "list")
    assert [(row["login"], row["name"], row["roles"], row["state"]) for row in rows] == [
        ("boss", "赵磊", ["admin"], "active"),
        ("li", "li", ["approver", "duty"], "active"),
    ]
    database = Database(terminal.url)
    entrance = Entrance(database, Hasher())
    cookie = entrance.sign_in("li", SENTENCE, "", Caller(ip="10.1.0.7", agent="Phone"), moment()).cookie
    shown = terminal.json("account", "sessions", "li")
    assert [(one["ip"], one["agent"]) for one in shown] == [("10.1.0.7", "Phone")]
    assert terminal.run("account", "revoke", "li", shown[0]["id"]) == "1 session(s) ended.\n"
    assert entrance.recognise(cookie, moment()) is None
    assert terminal.run("account", "roles", "li", "county", "--region", "210102") == "li is now: county colleague.\n"
    terminal.run("account", "disable", "li")
    assert "disabled" in terminal.run("account", "list")
    assert terminal.run("account", "enable", "li") == "li may sign in again.\n"
    assert "last administrator" in terminal.run("account", "disable", "boss", code=1)
    terminal.run("account", "password", "li", "--password-file", secret, "--drop-code")
    database.close()


def test_a_token_is_printed_once_and_can_be_taken_back(terminal: Terminal, secret: Path) -> None:
    terminal.run("account", "add", "li", "--role", "duty", "--password-file", secret)
    token = terminal.run("account", "token", "li", "--name", "日报", "--scope", "see", "--days", 3).strip()
    assert "cannot be shown again" in terminal.errors
    database = Database(terminal.url)
    assert Tokens(database).holder(token, moment()) is not None
    listed = terminal.run("account", "tokens", "li")
    assert "日报" in listed
    assert token.split("_", 2)[2] not in listed
    terminal.run("account", "revoke-token", "li", token.split("_", 2)[1])
    assert Tokens(database).holder(token, moment()) is None
    database.close()


def test_what_is_refused_says_why(terminal: Terminal, secret: Path) -> None:
    weak = terminal.folder / "weak"
    weak.write_text("Password2026!\n")
    for words, said in (
        (("add", "li", "--role", "duty", "--password-file", weak), "It is among those that are tried first."),
        (("add", "li", "--role", "duty"), "Put it into a file and name it with --password-file."),
        (("add", "li", "--role", "county", "--password-file", secret), "needs the six digits"),
        (("password", "nobody", "--password-file", secret), "There is no account nobody."),
        (("add", "li", "--role", "duty", "--contact", "x", "--password-file", secret), "has no contact x"),
    ):
        assert said in terminal.run("account", *words, code=1)
    assert terminal.json("account", "list") == []


def test_no_command_takes_a_password_as_an_argument() -> None:
    options = {name for command in group.commands.values() for one in command.params for name in one.opts}
    assert {name for name in options if "password" in name} == {"--password-file"}
