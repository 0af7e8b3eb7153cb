"""How each value of sources.yaml is read; what is refused is said with a remedy."""

from __future__ import annotations

import re
from datetime import timedelta
from string import Formatter
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import soupsieve
from pydantic import BeforeValidator, Field

from monitor.config.wording import Rejected
from monitor.core.errors import N_

IDENTIFIER, ROUTE, LANGUAGE = r"^[a-z0-9][a-z0-9-]{1,62}$", r"^/[^\s\\]*$", r"^[a-z]{2}$"
INTERVAL = re.compile(r"(\d{1,4})\s*(s|m|h|d)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SHORTEST, LONGEST = timedelta(seconds=60), timedelta(days=1)
# What most addresses are, told in a fraction of the time: thousands of sources are read at the start.
PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::\d+)?(?:/[A-Za-z0-9/._~%?&=+-]*)?")
PATH = re.compile(r"(?:[^.\[\]{}\s]*(?:\[\d*\])*)(?:\.[^.\[\]{}\s]+(?:\[\d*\])*)*")


def identifier(value: Any) -> str:
    """Read an id: small letters, figures and hyphens."""
    if not isinstance(value, str) or not re.fullmatch(IDENTIFIER, value):
        raise Rejected(N_("{key} ({got}) is no id. Use small letters, figures and hyphens, like mem-disasters."))
    return value


def route(value: Any) -> str:
    """Read the path of a route."""
    if not isinstance(value, str) or not re.fullmatch(ROUTE, value):
        raise Rejected(N_("{key} ({got}) is no route. It begins with a slash, like /cctv/society."))
    return value


def language(value: Any) -> str:
    """Read a language of two letters."""
    if not isinstance(value, str) or not re.fullmatch(LANGUAGE, value):
        raise Rejected(N_("{key} ({got}) is no language. Write two small letters, like zh."))
    return value


def interval(value: Any) -> timedelta:
    """Read an interval such as 90s, 10m or 1h, from one minute to one day."""
    found = INTERVAL.fullmatch(str(value).strip())
    length = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not SHORTEST <= length <= LONGEST:
        raise Rejected(N_("{key} cannot be {got}. Write an interval such as 90s, 10m or 1h, from 60s to 1d."))
    return length


def web_address(value: Any) -> str:
    """Read an absolute http or https address."""
    text = str(value).strip()
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\\]", text)
    except ValueError:
        usable = False
    if not usable:
        raise Rejected(N_("{key} ({got}) is not a web address. It must begin with http:// or https://."))
    return text


def socket_address(value: Any) -> str:
    """Read the address of a web socket, without a question mark."""
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("wss", "ws") and bool(parts.hostname) and not re.search(r"[\s\\?#]", text)
    except ValueError:
        usable = False
    if not usable:
        raise Rejected(
            N_("{key} ({got}) is no address of a web socket. Write it like wss://host.example/subscribe, without ?.")
        )
    return text


def server_address(value: Any) -> str:
    """Read the address of a server, without a path."""
    text = web_address(value).rstrip("/")
    parts = urlsplit(text)
    if parts.path or parts.query or parts.fragment:
        raise Rejected(N_("{key} ({got}) is more than a server. Write it like https://social.example, without a path."))
    return text


def account_name(value: Any) -> str:
    """Read the identifier of an account of Bluesky."""
    if not isinstance(value, str) or not re.fullmatch(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,200}", value):
        raise Rejected(N_("{key} ({got}) identifies no account. Write it like did:plc:z72i7hdynmk6r22z27h6tvur."))
    return value


def hashtag(value: Any) -> str:
    """Read a hashtag, with or without its sign."""
    text = value.strip().removeprefix("#").removeprefix("＃") if isinstance(value, str) else ""
    if not re.fullmatch(r"\w{1,100}", text):
        raise Rejected(N_("{key} ({got}) is no hashtag. Write one word, like flood."))
    return text


def zone(value: Any) -> str:
    """Read the name of a time zone, such as Asia/Shanghai."""
    text = str(value)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise Rejected(N_("{key} ({got}) is no time zone. Write a name such as Asia/Shanghai.")) from None
    return text


def selector(value: Any) -> str:
    """Read a CSS selector, alone or followed by @ and an attribute ("a@href", "@href", ".")."""
    text = str(value).strip()
    css = text.partition("@")[0].strip()
    if text == "." or (not css and re.fullmatch(r"@[\w:-]+", text)):
        return text
    try:
        soupsieve.compile(css)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
        found = re.search(r"position (\d+)", str(error))
        if not found:
            raise Rejected(N_("{key} ({got}) is no CSS selector.")) from None
        raise Rejected(
            N_("{key} ({got}) is no CSS selector: look at character {number}."), number=int(found[1]) + 1
        ) from None
    return text


def item_selector(value: Any) -> str:
    """Read a CSS selector of whole elements, without an attribute."""
    text = selector(value)
    if text == "." or re.search(r"@[\w:-]+$", text):
        raise Rejected(N_("{key} ({got}) chooses the entries themselves: write a selector without @."))
    return text


def page_template(value: Any) -> str:
    """Read the address of a list's older pages, with {n} where their number stands."""
    text = str(value).strip()
    if text and (text.count("{n}") != 1 or "{" in web_address(text).replace("{n}", "")):
        raise Rejected(N_("{key} ({got}) needs {{n}} once, where the number of the page stands."))
    return text


def folder_name(value: Any) -> str:
    """Read the name of a folder."""
    if not isinstance(value, str) or not value or not value.isprintable():
        raise Rejected(N_("{key} ({got}) is no name of a folder: it must be one line of text."))
    return value


def one_or_more(value: Any) -> Any:
    """Take a single text for a list of one."""
    return [value] if isinstance(value, str) else value


def path(value: Any) -> str:
    """Read a path into JSON ("data.list[]", "target.url") or a template of paths ("https://x.example/{id}")."""
    text = str(value).strip()
    try:
        slots = [slot for _, slot, _, _ in Formatter().parse(text) if slot is not None] if "{" in text else [text]
    except ValueError:
        slots = [""]
    if not all(slot and PATH.fullmatch(slot) for slot in slots):
        raise Rejected(N_("{key} ({got}) is no path. Write it like data.list[] or target.url."))
    return text


Identifier = Annotated[str, BeforeValidator(identifier), Field(json_schema_extra={"pattern": IDENTIFIER})]
Route = Annotated[str, BeforeValidator(route), Field(json_schema_extra={"pattern": ROUTE})]
Language = Annotated[str, BeforeValidator(language), Field(json_schema_extra={"pattern": LANGUAGE})]
Interval = Annotated[timedelta, BeforeValidator(interval, json_schema_input_type=str)]
FolderName = Annotated[str, BeforeValidator(folder_name)]
PageTemplate = Annotated[str, BeforeValidator(page_template)]
WebAddress = Annotated[str, BeforeValidator(web_address)]
SocketAddress = Annotated[str, BeforeValidator(socket_address)]
ServerAddress = Annotated[str, BeforeValidator(server_address)]
AccountName = Annotated[str, BeforeValidator(account_name)]
Hashtag = Annotated[str, BeforeValidator(hashtag)]
Zone = Annotated[str, BeforeValidator(zone)]
Selector = Annotated[str, BeforeValidator(selector)]
ItemSelector = Annotated[str, BeforeValidator(item_selector)]
Selectors = Annotated[list[Selector], BeforeValidator(one_or_more, json_schema_input_type=str | list[str])]
JsonPath = Annotated[str, BeforeValidator(path)]
