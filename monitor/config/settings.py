"""Read huiying.yaml: the bureau, its channels, its briefing. The file is optional; secrets stand outside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from monitor.config.document import BadDocument, Document, Problem, Rejected, check, read
from monitor.core.errors import N_

DEFAULT_FILE = "huiying.yaml"
DEFAULT_DATABASE = "sqlite:///var/huiying.db"
HOST = re.compile(r"(?=.{1,253}$)\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def secret(value: Any) -> SecretStr:
    """Read a secret: env:NAME names an environment variable, file:PATH a file; anything else is the secret itself."""
    text = str(value)
    if text.startswith("env:"):
        name = text[4:]
        found = os.environ.get(name, "")
        if not found:
            raise Rejected(N_("{key} names the environment variable {name}, which is not set."), name=name)
        return SecretStr(found)
    if text.startswith("file:"):
        path = text[5:]
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Rejected(
                N_("{key} names the file {path}, which cannot be read: {why}."), path=path, why=error.strerror
            ) from None
        if not content:
            raise Rejected(N_("{key} names the file {path}, which is empty."), path=path)
        return SecretStr(content)
    if not text.strip():
        raise Rejected(N_("{key} is empty. Write env:NAME and set that environment variable."))
    return SecretStr(text)


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
        raise Rejected(N_('{key} ({got}) is no time of day. Write it with quotes, like "08:27".'))
    return time(int(found[1]), int(found[2]))


def region(value: Any) -> str:
    """Read a GB/T 2260 code, also where YAML took it for a number."""
    text = "000000" if value == 0 else str(value)
    if not re.fullmatch(r"000000|[1-9]\d{5}", text):
        raise Rejected(N_('{key} ({got}) is no division code. Write six digits, like "210100".'))
    return text


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
        if (
            not re.fullmatch(r"(?=.{1,253}$)\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text)
            or text.replace(".", "").isdigit()
        ):
            raise Rejected(N_("{key} ({got}) is neither a host nor a network such as 10.1.0.0/16.")) from None
    return text


def plain_line(value: Any) -> str:
    """Read one line of plain ASCII, as a header can carry it."""
    text = str(value or "").strip()
    if not text.isascii() or not text.isprintable() or set(text) & set("()"):
        raise Rejected(N_("{key} must be one line of Latin letters, such as an address or a telephone number."))
    return text


Region = Annotated[str, BeforeValidator(region)]
Secret = Annotated[SecretStr, BeforeValidator(secret, json_schema_input_type=str)]
Address = Annotated[str, BeforeValidator(mail_address)]
TimeOfDay = Annotated[time, BeforeValidator(time_of_day, json_schema_input_type=str)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bureau(_Part):
    """Whose duties these are; `region` decides which incidents are ours."""

    name: str = ""
    region: Region = "000000"


class SlackChannel(_Part):
    """A Slack channel that the bot may write to."""

    kind: Literal["slack"]
    name: str = "slack"
    token: Secret
    channel: str = Field(min_length=1)
    base_url: str = "https://slack.com/api/"


class RobotChannel(_Part):
    """A group robot of WeCom, DingTalk or Feishu; the webhook address is itself a secret."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    name: str = ""
    webhook: Secret
    secret: Secret | None = None


class EmailChannel(_Part):
    """Alerts by e-mail; every recipient gets a mail of his own."""

    kind: Literal["email"]
    name: str = "email"
    to: list[Address] = Field(min_length=1)


class AppriseChannel(_Part):
    """Any service that Apprise knows; what it sends counts as sent, not as confirmed."""

    kind: Literal["apprise"]
    name: str = "apprise"
    url: Secret


ChannelSetting = Annotated[SlackChannel | RobotChannel | EmailChannel | AppriseChannel, Field(discriminator="kind")]


class Mail(_Part):
    """The SMTP server that carries alerts and briefings."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "plain"] = "starttls"
    username: str = ""
    password: Secret | None = None
    sender: Address


class BriefingSetting(_Part):
    """When the daily briefing is sent and to whom; not on the full or half hour, when channels are crowded."""

    at: TimeOfDay = time(8, 27)
    to: list[Address] = []


class ConsoleSetting(_Part):
    """Where the web console listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)


class HttpSetting(_Part):
    """How we reach the web: an explicit proxy, and intranet hosts or networks that may be fetched."""

    proxy: Annotated[str, BeforeValidator(proxy)] = ""
    allow: list[Annotated[str, BeforeValidator(host_or_network)]] = []
    contact: Annotated[str, BeforeValidator(plain_line)] = ""


class SettingsFile(_Part):
    """The form of huiying.yaml."""

    version: Literal[1] = 1
    language: Literal["zh", "en"] | None = None
    bureau: Bureau = Bureau()
    rules: str = "cn-gov"
    sources: str = ""
    database: str = ""
    console: ConsoleSetting = ConsoleSetting()
    http: HttpSetting = HttpSetting()
    mail: Mail | None = None
    channels: list[ChannelSetting] = []
    briefing: BriefingSetting = BriefingSetting()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings and the file they came from; `file` is None where the defaults are used."""

    form: SettingsFile
    file: Path | None

    @property
    def database_url(self) -> str:
        """The database: HUIYING_DATABASE_URL, else the file's, else the embedded one."""
        return os.environ.get("HUIYING_DATABASE_URL") or self.form.database or DEFAULT_DATABASE


def load_settings(path: Path | None = None) -> Settings:
    """Load huiying.yaml; a missing file gives the defaults unless it was asked for by name."""
    named = path or (Path(os.environ["HUIYING_CONFIG"]) if os.environ.get("HUIYING_CONFIG") else None)
    chosen = named or Path(DEFAULT_FILE)
    if named is None and not chosen.exists():
        return Settings(SettingsFile(), None)
    document = read(chosen)
    form = check(document, SettingsFile)
    problems = list(_contradictions(document, form))
    if problems:
        raise BadDocument(problems)
    return Settings(form, chosen)


def _contradictions(document: Document, form: SettingsFile) -> Iterator[Problem]:
    names: set[str] = set()
    for n, channel in enumerate(form.channels):
        name = channel.name or channel.kind
        if name in names:
            yield document.problem(
                ("channels", n), N_("Two channels are called {name}. Give each a name of its own."), name=name
            )
        names.add(name)
    if form.mail is None:
        for n, channel in enumerate(form.channels):
            if channel.kind == "email":
                yield document.problem(("channels", n), N_("An e-mail channel needs the section mail."))
        if form.briefing.to:
            yield document.problem(("briefing", "to"), N_("The briefing needs the section mail."))
    if form.mail is not None and form.mail.username and form.mail.password is None:
        yield document.problem(
            ("mail", "username"),
            N_("mail has a username but no password. Mailbox providers want an authorisation code here."),
        )
