"""Read huiying.yaml: the bureau, its channels, its briefing. The file is optional; secrets stand outside it.

Run as a program (`python -m monitor.config.settings`) it writes the JSON Schema that editors check the file against.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.config.account_setting import AccountsSetting
from monitor.config.appraisal_setting import AppraisalSetting
from monitor.config.briefing_setting import BriefingSetting
from monitor.config.document import Document, check, read
from monitor.config.path_setting import ReleaseSetting
from monitor.config.schema import schema_of, store_schema
from monitor.config.second_setting import SecondReaderSetting
from monitor.config.setting_checks import contradictions
from monitor.config.setting_fields import (
    Address,
    Address4or6,
    DatabaseAddress,
    Line,
    Network,
    PackNames,
    Proxy,
    PublicAddress,
    Region,
    Secret,
    SlackChannelId,
    TimeOfDay,
)
from monitor.config.slack_setting import SlackAppSetting
from monitor.config.source_fields import Interval, WebAddress
from monitor.core.duties.law import Group, Role, role_of
from monitor.core.hook_events import EventKind

DEFAULT_FILE = "huiying.yaml"
SCHEMA_FILE = Path("docs") / "huiying.schema.json"
SECRETS = frozenset(
    {
        "token",
        "webhook",
        "secret",
        "url",
        "password",
        "api_key",
        "client_secret",
        "app_token",
        "signing_secrets",
    }
)
UNREAD = "unread"
DEFAULT_DATABASE = "sqlite:///var/huiying.db"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Bureau(_Part):
    """Whose duties these are; `region` decides which incidents are ours."""

    name: str = ""
    region: Region = Field(default="000000", description="GB/T 2260 code of the bureau's division; 000000 is national")
    phone: Line = Field(default="", description="The telephone that releases should name, such as 0411-12345678")


class SlackChannel(_Part):
    """A Slack channel that the bot may write to."""

    kind: Literal["slack"]
    name: str = "slack"
    token: Secret
    channel: SlackChannelId
    base_url: WebAddress = "https://slack.com/api/"
    arm: bool = Field(
        default=True, description="Place the last warnings of each deadline at Slack too, which sends them if we cannot"
    )


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
    """Any service that Apprise knows; what it sends counts as sent, not as confirmed.

    A machine may listen behind it, which cannot tell a drill from an incident.
    """

    kind: Literal["apprise"]
    name: str = "apprise"
    url: Secret
    drills: bool = Field(default=False, description="Drills go out here too; only where people read it, not machines")


class WebhookChannel(_Part):
    """A signed POST to an address of the bureau's own: an SMS gateway, a duty platform."""

    kind: Literal["webhook"]
    name: str = "webhook"
    url: Secret
    secret: Secret


ChannelSetting = Annotated[
    SlackChannel | RobotChannel | WebhookChannel | EmailChannel | AppriseChannel, Field(discriminator="kind")
]


class WebhookSetting(_Part):
    """A receiver of events: told by a signed POST when an incident opens, a deadline is met or missed, and so on."""

    name: str = Field(min_length=1, max_length=60)
    url: Secret
    secret: Secret
    events: list[EventKind] = Field(default=list(EventKind), min_length=1, description="All where left out")


class Mail(_Part):
    """The SMTP server that carries alerts and briefings."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "plain"] = "starttls"
    username: str = ""
    password: Secret | None = None
    sender: Address


class ConsoleSetting(_Part):
    """Where the web console listens, and under which address people outside reach its acknowledge links."""

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    hosts: list[Line] = Field(
        default=[], description="Further names, with the port where there is one, under which people reach it"
    )
    proxies: list[Address4or6] = Field(
        default=[], description="Reverse proxies whose word counts on where people come from and whether over HTTPS"
    )
    public_url: PublicAddress = Field(
        default="", description="Base of the acknowledge links in messages, such as https://duty.example.org"
    )
    websub: bool = Field(
        default=False, description="Let hubs of feeds tell us what is new, under public_url/websub/, which they reach"
    )


class HealthSetting(_Part):
    """Where the service's own condition can be asked for without the console; it tells, and takes no orders."""

    host: Line = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8766, ge=0, le=65535)
    hosts: list[Line] = Field(
        default=[], description="Further names, with the port where there is one, under which it may be asked for"
    )


class DeadmanSetting(_Part):
    """The outside dead-man's switch, which alarms when it hears nothing; its address is itself a secret."""

    url: Secret
    every: Interval = Field(default=timedelta(seconds=60), json_schema_extra={"default": "60s"})


class DrillSetting(_Part):
    """When the daily silent drill tries the ways to people; in working hours, so that a failure can be mended."""

    at: TimeOfDay = Field(
        default=time(10, 13), description="Time of day in Beijing", json_schema_extra={"default": "10:13"}
    )


class HttpSetting(_Part):
    """How we reach the web: an explicit proxy, and intranet hosts or networks that may be fetched."""

    proxy: Proxy = Field(default="", repr=False, description="http://host:port")
    allow: list[Network] = Field(default=[], description="Intranet hosts and networks that may be fetched")
    contact: Line = Field(
        default="", description="Told to the sites that are fetched, in the name that we give ourselves"
    )


class EvidenceSetting(_Part):
    """Who stamps the time of what is kept of published pages, beside our own stamp, which every office has."""

    tsa: WebAddress = Field(
        default="", description="Address of an outside time stamping authority (RFC 3161); only digests go there"
    )
    tsa_ca: str = Field(
        default="", description="Path of its certificates in PEM; without them its stamps are kept but not examined"
    )


class DutiesSetting(_Part):
    """Which groups of duties the office has; the role is that of the bureau's region unless it is said."""

    upward_reporting: bool = Field(default=False, description="Reports of accidents to the levels above")
    investigation: bool = Field(default=False, description="Investigation, approval and publication of accidents")
    role: Role | None = Field(default=None, description="Whose duties; that of the region where nothing is said")


class SettingsFile(_Part):
    """The form of huiying.yaml."""

    version: Literal[1] = 1
    language: Literal["zh", "en"] | None = None
    bureau: Bureau = Bureau()
    rules: PackNames = Field(
        default=["cn-gov"], description="A shipped rule pack, or the path of one's own; or a list of several"
    )
    duties: DutiesSetting = Field(default=DutiesSetting(), description="Which duties of the packs the office has")
    sources: str = Field(default="", description="Path of the sources file; sources.yaml where nothing is said")
    calendar: str = Field(default="", description="Path of the bureau's own days; without it only those announced")
    duty: str = Field(default="", description="Path of the duty file: who is told, in what order; none where left out")
    database: DatabaseAddress | None = Field(default=None, description="HUIYING_DATABASE_URL goes before this")
    console: ConsoleSetting = ConsoleSetting()
    accounts: AccountsSetting = AccountsSetting()
    http: HttpSetting = HttpSetting()
    mail: Mail | None = None
    channels: list[ChannelSetting] = []
    webhooks: list[WebhookSetting] = Field(default=[], description="Programs that are told of events")
    briefing: BriefingSetting = BriefingSetting()
    health: HealthSetting | None = Field(default=None, description="Off where it is left out")
    deadman: DeadmanSetting | None = Field(default=None, description="Off where it is left out")
    drills: DrillSetting = DrillSetting()
    evidence: EvidenceSetting = EvidenceSetting()
    release: ReleaseSetting = ReleaseSetting()
    appraisal: AppraisalSetting = AppraisalSetting()
    slack_app: SlackAppSetting | None = Field(default=None, description="Off where it is left out")
    second_reader: SecondReaderSetting | None = Field(default=None, description="Off where it is left out")

    @property
    def groups(self) -> frozenset[Group]:
        """The groups of duties that are switched on."""
        return frozenset(group for group in Group if getattr(self.duties, group.value))

    @property
    def role(self) -> Role:
        """Whose duties the office has."""
        return self.duties.role or role_of(self.bureau.region)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings and the file they came from; `file` is None where the defaults are used."""

    form: SettingsFile
    file: Path | None

    @property
    def database_url(self) -> str:
        """The database: HUIYING_DATABASE_URL, else the file's, else the embedded one."""
        stored = self.form.database.get_secret_value() if self.form.database else DEFAULT_DATABASE
        return os.environ.get("HUIYING_DATABASE_URL") or stored


def load_settings(path: Path | None = None, *, secrets: bool = True) -> Settings:
    """Load huiying.yaml; a missing file gives the defaults unless it was asked for by name.

    With `secrets` False those of the channels and of mail stay unread, for commands that send nothing: who only looks
    at a list need not know them.
    """
    named = path or (Path(os.environ["HUIYING_CONFIG"]) if os.environ.get("HUIYING_CONFIG") else None)
    chosen = named or Path(DEFAULT_FILE)
    if named is None and not chosen.exists():
        return Settings(SettingsFile(), None)
    document = read(chosen) if secrets else _without_secrets(read(chosen))
    form = check(document, SettingsFile, also=contradictions(document))
    return Settings(form, chosen)


def _without_secrets(document: Document) -> Document:
    """Return the document with a mark where a secret stands somewhere else."""
    value = document.value
    if not isinstance(value, dict):
        return document
    value = dict(value)
    for name in ("channels", "webhooks"):
        if isinstance(value.get(name), list):
            value[name] = [_unread(part) for part in value[name]]
    value |= {name: _unread(value[name]) for name in ("mail", "second_reader", "deadman", "slack_app") if name in value}
    if isinstance(value.get("accounts"), dict) and "oidc" in value["accounts"]:
        value["accounts"] = value["accounts"] | {"oidc": _unread(value["accounts"]["oidc"])}
    return replace(document, value=value)


def _unread(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {key: _unread_secret(value) if key in SECRETS else value for key, value in part.items()}


def _unread_secret(value: Any) -> Any:
    if isinstance(value, list):
        return [_unread_secret(one) for one in value]
    return UNREAD if isinstance(value, str) and value.startswith(("env:", "file:")) else value


def schema() -> str:
    """Return the JSON Schema of huiying.yaml."""
    return schema_of(SettingsFile, "Huiying settings")


if __name__ == "__main__":
    store_schema(SCHEMA_FILE, schema())
