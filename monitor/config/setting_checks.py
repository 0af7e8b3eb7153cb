"""What in huiying.yaml each value allows alone but the whole does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.config.appraisal_setting import unreachable
from monitor.config.document import Document, Problem
from monitor.config.path_setting import muddled_path
from monitor.config.second_setting import no_way
from monitor.config.slack_setting import no_door
from monitor.config.wording import Location
from monitor.core.errors import N_

TAKEN_NAMES = ("console", "briefing")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is asked about


def contradictions(document: Document) -> Iterator[Problem]:
    """Yield every contradiction of the file, with the line where it stands."""
    yield from _names_taken(document)
    yield from _hooks_taken(document)
    mail = _section(document, "mail")
    has_mail = mail is not None
    for where, channel in _channels(document):
        if channel.get("kind") == "email":
            yield from _written_twice(document, (*where, "to"), channel.get("to"))
            if not has_mail:
                yield document.problem(where, N_("An e-mail channel needs the section mail."))
        if channel.get("kind") == "wecom" and channel.get("secret"):
            yield document.problem((*where, "secret"), N_("A robot of WeCom has no secret. Leave it out."))
    recipients = (_section(document, "briefing") or {}).get("to")
    yield from _written_twice(document, ("briefing", "to"), recipients)
    if recipients and not has_mail:
        yield document.problem(("briefing", "to"), N_("The briefing needs the section mail."))
    if mail and mail.get("username") and mail.get("password") is None:
        yield document.problem(
            ("mail", "username"),
            N_("mail has a username but no password. Mailbox providers want an authorisation code here."),
        )
    if mail and mail.get("password") and not mail.get("username"):
        yield document.problem(("mail", "password"), N_("mail has a password but no username."))
    yield from muddled_path(document, _section(document, "release") or {})
    yield from no_door(document, _section(document, "slack_app"), [channel for _, channel in _channels(document)])
    yield from _no_name(document, _section(document, "console"))
    yield from _no_address(document, _section(document, "console"))
    yield from unreachable(document, _section(document, "appraisal"), _section(document, "console"))
    yield from no_way(document, _section(document, "second_reader"), _section(document, "http"))


def _no_name(document: Document, console: dict[str, Any] | None) -> Iterator[Problem]:
    """Yield a console that listens everywhere and is known by no name: nobody but this machine could open it."""
    if console and console.get("host") in EVERYWHERE and not console.get("hosts"):
        message = N_("{key} listens everywhere. Name in hosts under which names people reach it, with the port.")
        yield document.problem(("console", "host"), message, key="console.host")


def _no_address(document: Document, console: dict[str, Any] | None) -> Iterator[Problem]:
    """Yield a console that hubs are to call and that has no address for them."""
    if console and console.get("websub") is True and not console.get("public_url"):
        message = N_("websub needs public_url: the address under which hubs reach this service.")
        yield document.problem(("console", "websub"), message)


def _section(document: Document, name: str) -> dict[str, Any] | None:
    found = document.value.get(name) if isinstance(document.value, dict) else None
    return found if isinstance(found, dict) else None


def _channels(document: Document) -> Iterator[tuple[Location, dict[str, Any]]]:
    return _listed(document, "channels")


def _listed(document: Document, section: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    found = document.value.get(section) if isinstance(document.value, dict) else None
    for n, part in enumerate(found if isinstance(found, list) else ()):
        if isinstance(part, dict):
            yield (section, n), part


def _names_taken(document: Document) -> Iterator[Problem]:
    """Yield channels whose name is another's: what is sent where is remembered by the channel's name."""
    first: dict[str, int] = {}
    for where, channel in _channels(document):
        name = channel.get("name") or channel.get("kind")
        if not isinstance(name, str):
            continue
        if name in TAKEN_NAMES:
            message = N_("No channel can be called {name}: the name is in use. Give it another.")
            yield document.problem((*where, "name"), message, name=name)
        if name in first:
            message = N_("Two channels are called {name}, the first on line {line}. Give each a name of its own.")
            yield document.problem((*where, "name"), message, name=name, line=first[name])
        first.setdefault(name, document.line((*where, "name")))


def _hooks_taken(document: Document) -> Iterator[Problem]:
    """Yield receivers whose name is another's: up to where each was told is remembered by its name."""
    first: dict[str, int] = {}
    for where, hook in _listed(document, "webhooks"):
        name = hook.get("name")
        if not isinstance(name, str):
            continue
        if name in first:
            message = N_("Two receivers are called {name}, the first on line {line}. Give each a name of its own.")
            yield document.problem((*where, "name"), message, name=name, line=first[name])
        first.setdefault(name, document.line((*where, "name")))


def _written_twice(document: Document, where: Location, addresses: Any) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, one in enumerate(addresses if isinstance(addresses, list) else ()):
        address = one.get("address") if isinstance(one, dict) else one
        if not isinstance(address, str):
            continue
        # No mail server in use tells two mailboxes apart by capitals.
        if address.strip().casefold() in seen:
            message = N_("{address} stands in this list a second time.")
            yield document.problem((*where, n), message, address=address.strip())
        seen.add(address.strip().casefold())
