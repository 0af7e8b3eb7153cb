"""How each value of huiying.yaml is read; what is refused is said with a remedy, and no secret is ever shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import time
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr

from monitor.config.document import unreadable
from monitor.config.gazetteer import BEYOND, place_names
from monitor.config.wording import Rejected, shown
from monitor.core.errors import N_, Said

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DATABASE = re.compile(r"(?:sqlite:///|postgres(?:ql)?(?:\+\w+)?://)\S+")
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$)\.?{LABEL}(?:\.{LABEL})*")


def secret(value: Any) -> SecretStr:
    """Read a secret: env:NAME names an environment variable, file:PATH a file; anything else is the secret itself."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise Rejected(N_("{key} must be a text in quotes, or better env:NAME with the secret in that variable."))
    if value.startswith("env:"):
        return SecretStr(_from_environment(value[4:].strip()))
    if value.startswith("file:"):
        return SecretStr(_from_file(value[5:].strip()))
    if not value.strip():
        raise Rejected(N_("{key} is empty. Write env:NAME and set that environment variable."))
    return SecretStr(value)


def _from_environment(name: str) -> str:
    if not VARIABLE.fullmatch(name):  # perhaps the secret itself, so it is not shown
        raise Rejected(N_("{key} has no name of an environment variable after env:. Write it like env:SMTP_PASSWORD."))
    found = os.environ.get(name, "").strip()
    if not found:
        raise Rejected(N_("{key} names the environment variable {name}, which is not set."), name=name)
    return found


def _from_file(path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = Said(unreadable(error))
        raise Rejected(N_("{key} names the file {path}, which cannot be read: {why}."), path=path, why=why) from None
    if not content:
        raise Rejected(N_("{key} names the file {path}, which is empty."), path=path)
    return content


def api_key(value: Any) -> SecretStr:
    """Read the key of an interface, which travels in a header."""
    key = secret(value)
    if not re.fullmatch(r"[\x20-\x7e]+", key.get_secret_value()):
        raise Rejected(N_("{key} is no key of an interface: it must be one line of Latin letters, figures and signs."))
    return key


def endpoint(value: Any) -> str:
    """Read the base address of an interface like that of OpenAI, such as http://10.1.0.20:8000/v1."""
    text = str(value).strip().rstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\\]", text):
        raise Rejected(N_("{key} is not a web address. It must begin with http:// or https://."))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Rejected(
            N_("{key} must be a bare address without a user, a question mark or a hash; a key goes to api_key.")
        )
    if parts.path.endswith("/chat/completions"):
        raise Rejected(N_("{key} ends too late: leave out /chat/completions, which is added."))
    return text


def public_address(value: Any) -> str:
    """Read the base address under which people outside reach this service, such as https://duty.example.org."""
    text = str(value or "").strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", text):
        raise Rejected(N_("{key} is not a base address. Write it like https://duty.example.org, without a path."))
    return text.lower()


def database_address(value: Any) -> SecretStr:
    """Read the address of a database; it may hold a password, so it is a secret itself."""
    address = secret(value)
    if not DATABASE.fullmatch(address.get_secret_value()):
        raise Rejected(
            N_("{key} is no database address. Write sqlite:///var/huiying.db or postgresql://user@host/name.")
        )
    return address


def mail_address(value: Any) -> str:
    """Read one e-mail address."""
    text = str(value).strip()
    if not ADDRESS.fullmatch(text):
        raise Rejected(N_("{key} ({got}) is no e-mail address."))
    return text


def time_of_day(value: Any) -> time:
    """Read a Beijing time of day such as 08:27."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", str(value).strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Rejected(N_("{key} ({got}) is no time of day. Write it like 08:27."))
    return time(int(found[1]), int(found[2]))


def region(value: Any) -> str:
    """Read a GB/T 2260 code, also where YAML took it for a number; a code of no division is refused."""
    text = "000000" if value == 0 and not isinstance(value, bool) else str(value)
    if not re.fullmatch(r"000000|[1-9][0-9]{5}", text):
        raise Rejected(N_('{key} ({got}) is no division code. Write six digits, like "210100".'))
    known = _divisions()
    # 110100 stands for all districts of its city and has no name of its own.
    if text not in known and not (text.endswith("00") and text[:4] in _prefixes()):
        near = max(known, key=lambda code: (_alike(code, text), -abs(int(code) - int(text))))
        message = N_("{code} is no division of GB/T 2260. The nearest is {near} {name}.")
        raise Rejected(message, code=text, near=near, name=known[near])
    return text


def _alike(code: str, other: str) -> int:
    """Return how many digits from the left agree: the province's, the city's, the county's."""
    return next((n for n, (one, two) in enumerate(zip(code, other, strict=True)) if one != two), len(code))


@cache
def _divisions() -> Mapping[str, str]:
    """Return the name of every division by its code, the whole country included."""
    return dict.fromkeys(BEYOND, "") | place_names()


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(code[:4] for code in _divisions())


def proxy(value: Any) -> str:
    """Read the address of an HTTP proxy."""
    text = str(value or "").strip()
    if text and not re.fullmatch(r"http://(?:[^\s@/]+@)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}/?", text):
        raise Rejected(N_("{key} is no proxy address. Write it like http://10.1.0.8:3128."))
    return text


def host_or_network(value: Any) -> str:
    """Read the name or address of an intranet host, or a network such as 10.1.0.0/16."""
    text = str(value).strip()
    try:
        ip_network(text)
    except ValueError:
        if not HOST.fullmatch(text) or text.replace(".", "").isdigit():
            raise Rejected(N_("{key} ({got}) is neither a host nor a network such as 10.1.0.0/16.")) from None
    return text


def address_or_network(value: Any) -> str:
    """Read the address of a machine, or a network such as 10.1.0.0/28."""
    text = str(value).strip()
    try:
        ip_network(text)
    except ValueError:
        raise Rejected(N_("{key} ({got}) is neither an address nor a network such as 10.1.0.0/28.")) from None
    return text


def plain_line(value: Any) -> str:
    """Read one line of plain ASCII, as a header can carry it."""
    text = str(value or "").strip()
    if not text.isascii() or not text.isprintable() or set(text) & set("()"):
        raise Rejected(N_("{key} must be one line of Latin letters, such as an address or a telephone number."))
    return text


def slack_channel(value: Any) -> str:
    """Read the ID of a Slack channel; a name can be written to but neither read nor updated."""
    text = str(value if value is not None else "").strip()
    if not text:
        raise Rejected(N_("{key} is empty."))
    if not re.fullmatch(r"[CDG][A-Z0-9]{2,}", text):
        raise Rejected(
            N_("{channel} is no Slack channel ID. Copy the ID (C… or G…) from the bottom of the channel's details."),
            channel=shown(text),
        )
    return text


def pack_names(value: Any) -> Any:
    """Take the name of one rule pack for a list of one."""
    return [value] if isinstance(value, str) else value


PackName = Annotated[str, Field(min_length=1)]
PackNames = Annotated[
    list[PackName], Field(min_length=1), BeforeValidator(pack_names, json_schema_input_type=str | list[str])
]
Region = Annotated[str, BeforeValidator(region, json_schema_input_type=str | int)]
Secret = Annotated[SecretStr, BeforeValidator(secret, json_schema_input_type=str)]
ApiKey = Annotated[SecretStr, BeforeValidator(api_key, json_schema_input_type=str)]
PublicAddress = Annotated[str, BeforeValidator(public_address)]
Endpoint = Annotated[str, BeforeValidator(endpoint)]
Proxy = Annotated[str, BeforeValidator(proxy)]
Network = Annotated[str, BeforeValidator(host_or_network)]
Line = Annotated[str, BeforeValidator(plain_line)]
Address4or6 = Annotated[str, BeforeValidator(address_or_network)]
DatabaseAddress = Annotated[SecretStr, BeforeValidator(database_address, json_schema_input_type=str)]
Address = Annotated[str, BeforeValidator(mail_address)]
SlackChannelId = Annotated[str, BeforeValidator(slack_channel), Field(json_schema_extra={"minLength": 1})]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Id = Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")]
TimeOfDay = Annotated[time, BeforeValidator(time_of_day, json_schema_input_type=str)]
