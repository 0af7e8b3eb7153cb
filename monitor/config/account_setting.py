"""The part of huiying.yaml about accounts: how long one stays signed in, and who else may vouch for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config.rule_fields import span
from monitor.config.setting_fields import Line, PublicAddress, Secret, endpoint
from monitor.config.wording import Rejected
from monitor.core.access.roles import AccountRole
from monitor.core.errors import N_

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=31)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def stay(value: Any) -> timedelta:
    """Read how long one stays signed in: 10 minutes to 31 days."""
    length = span(value)
    if not SHORTEST <= length <= LONGEST:
        raise Rejected(N_("{key} cannot be {got}. One stays signed in for 10m to 31d."))
    return length


def issuer(value: Any) -> str:
    """Read what a sign-in service calls itself; a slash at its end belongs to it."""
    endpoint(value)
    return str(value).strip()


Issuer = Annotated[str, BeforeValidator(issuer)]
Stay = Annotated[timedelta, BeforeValidator(stay, json_schema_input_type=str)]


class OidcSetting(_Part):
    """A service of the bureau at which people sign in (OpenID Connect, code flow with PKCE)."""

    issuer: Issuer = Field(description="Exactly as the service names itself; it is fetched through http: allow")
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: Secret | None = Field(default=None, description="Left out where PKCE alone is asked for")
    address: PublicAddress = Field(
        min_length=1, description="Under which browsers reach this console, such as https://huiying.example.org"
    )
    name: str = Field(default="", max_length=40, description="What its button is called")
    scope: Line = Field(default="openid profile", description="What is asked of the service; openid stands among it")
    groups: str = Field(default="groups", min_length=1, description="The claim that lists a person's groups")
    roles: dict[str, list[AccountRole]] = Field(
        default={}, description="Roles by group; without it an administrator gives them, and makes each account"
    )


class AccountsSetting(_Part):
    """Who may use the console, and how long a sign-in holds."""

    idle: Stay = Field(
        default=timedelta(hours=12),
        description="Without use, one has to sign in again after",
        json_schema_extra={"default": "12h"},
    )
    longest: Stay = Field(
        default=timedelta(days=7),
        description="One has to sign in again after, used or not",
        json_schema_extra={"default": "7d"},
    )
    oidc: OidcSetting | None = Field(default=None, description="Off where it is left out")
