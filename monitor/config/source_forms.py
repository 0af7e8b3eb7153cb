"""The form of sources.yaml: what each kind of source takes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, model_validator

from monitor.config.part import Part
from monitor.config.push_fields import PushFields, SecretNames
from monitor.config.setting_fields import Region
from monitor.config.source_fields import (
    FolderName,
    Identifier,
    Interval,
    ItemSelector,
    JsonPath,
    Language,
    PageTemplate,
    Route,
    Selectors,
    WebAddress,
    Zone,
)
from monitor.config.wording import Rejected
from monitor.core.errors import N_
from monitor.core.model import Trust
from monitor.core.sources import (
    USUAL_LINK,
    USUAL_TITLE,
    ApiRule,
    ArticleRule,
    Identity,
    ListRule,
    Permission,
    PushRule,
    Source,
    SourceKind,
    TimeRule,
    Tls,
)

SAME_NAMES = (
    "id", "name", "interval", "region", "trust", "language", "timezone", "time_rule", "identity", "ranked",
    "own", "office", "group", "may_be_empty", "tls", "enabled", "steady",
)  # fmt: skip


class ArticleForm(Part):
    """How the page of one entry is read; leave a selector out for automatic extraction."""

    text: Selectors = Field(default=[])
    title: Selectors = Field(default=[])
    time: Selectors = Field(default=[])

    def rule(self) -> ArticleRule:
        """Return the rule that these selectors make."""
        return ArticleRule(text=tuple(self.text), title=tuple(self.title), time=tuple(self.time))


def article_setting(value: Any) -> Any:
    """Take true for automatic extraction and false for none."""
    return {} if value is True else None if value is False else value


ArticleSetting = Annotated[
    ArticleForm | None, BeforeValidator(article_setting, json_schema_input_type=bool | ArticleForm | None)
]


class PermissionForm(Part):
    """A site's written permission to fetch what its robots.txt does not allow."""

    by: str = Field(min_length=1, description="Who gave it")
    on: date = Field(description="When it was given")
    reference: str = Field(min_length=1, description="Where it can be found, such as the number of the letter")

    def permission(self) -> Permission:
        """Return the permission as a value."""
        return Permission(by=self.by, on=self.on, reference=self.reference)


class CommonForm(Part):
    """What every source has."""

    id: Identifier = Field(description="Unique and lasting: the history of the source hangs on it")
    name: str = Field(min_length=1)
    interval: Interval = Field(default=timedelta(minutes=10), json_schema_extra={"default": "10m"})
    steady: bool = Field(default=False, description="Keep to the interval, however often something new comes")
    region: Region = Field(default="000000", description="GB/T 2260 code of what the source covers; 000000 is national")
    trust: Trust = Trust.LOCAL_MEDIA
    language: Language = "zh"
    timezone: Zone = "Asia/Shanghai"
    time_rule: TimeRule = TimeRule.AS_STATED
    identity: Identity = Identity.AUTO
    article: ArticleSetting = Field(default=None, description="Read the page of each new entry; true for automatic")
    ranked: bool = Field(default=False, description="A hot list: the order of its entries is their rank")
    own: bool = Field(default=False, description="This bureau publishes here: what stands here may be its response")
    office: str = Field(default="", description="The office of the duty file that publishes here; empty: the bureau")
    group: str = Field(default="", max_length=40, description="What it is compared with at night, in place of trust")
    may_be_empty: bool = Field(default=False, description="An answer without entries is no failure")
    tls: Tls = Tls.VERIFIED
    headers: dict[str, str] = Field(default_factory=dict)
    permission: PermissionForm | None = Field(default=None, description="Lifts the site's robots.txt")
    enabled: bool = True
    note: str = ""
    folders: list[FolderName] = Field(
        default_factory=list, description="The folders of an OPML file around it, from outside in"
    )
    outline: dict[str, str] = Field(
        default_factory=dict, description="What another program wrote of it in an OPML file"
    )

    def values(self) -> dict[str, Any]:
        """Return the fields that become those of a Source."""
        found: dict[str, Any] = {name: getattr(self, name) for name in SAME_NAMES}
        found["headers"] = tuple(sorted(self.headers.items()))
        found["permission"] = self.permission.permission() if self.permission else None
        found["article"] = self.article.rule() if self.article else None
        return found


class FeedForm(CommonForm):
    """An RSS, Atom or JSON feed."""

    url: WebAddress

    def source(self) -> Source:
        """Return the source that this part describes."""
        return Source(kind=SourceKind.FEED, url=self.url, **self.values())


class ListForm(CommonForm):
    """An HTML page that lists articles."""

    url: WebAddress
    item: ItemSelector
    title: Selectors = Field(default=list(USUAL_TITLE))
    link: Selectors = Field(default=list(USUAL_LINK))
    time: Selectors = Field(default=[])
    text: Selectors = Field(default=[])
    heat: Selectors = Field(default=[])
    cdata: bool = Field(default=False, description="The list stands in CDATA sections that a script pages through")
    pages: PageTemplate = Field(
        default="",
        description="Where older pages stand, for a backfill, with {n} for 1, 2, 3: https://x/index_{n}.html",
    )

    def source(self) -> Source:
        """Return the source that this part describes."""
        rule = ListRule(
            item=self.item,
            title=tuple(self.title),
            link=tuple(self.link),
            time=tuple(self.time),
            text=tuple(self.text),
            heat=tuple(self.heat),
            cdata=self.cdata,
            pages=self.pages,
        )
        return Source(kind=SourceKind.LIST, url=self.url, list_rule=rule, **self.values())


class ApiForm(CommonForm):
    """A JSON answer, read by paths."""

    url: WebAddress
    items: JsonPath
    title: JsonPath
    link: JsonPath = ""
    external_id: JsonPath = ""
    time: JsonPath = ""
    text: JsonPath = ""
    heat: JsonPath = ""
    skip_if: JsonPath = ""
    after: str = Field(default="", description="The JSON begins after this text of a page or script")
    form: dict[str, str] = Field(default={}, description="Sent as a form (POST)")
    payload: dict[str, Any] = Field(default={}, description="Sent as JSON (POST)")

    def source(self) -> Source:
        """Return the source that this part describes."""
        rule = ApiRule(
            items=self.items,
            title=self.title,
            url=self.link,
            id=self.external_id,
            time=self.time,
            text=self.text,
            heat=self.heat,
            skip_if=self.skip_if,
            after=self.after,
        )
        body, kind = None, ""
        if self.form:
            body, kind = urlencode(self.form).encode(), "application/x-www-form-urlencoded"
        elif self.payload:
            body, kind = json.dumps(self.payload, ensure_ascii=False).encode(), "application/json"
        return Source(kind=SourceKind.API, url=self.url, api_rule=rule, body=body, body_type=kind, **self.values())


class RouteForm(CommonForm):
    """A route of the RSSHub instance."""

    route: Route

    def source(self, base: str) -> Source:
        """Return the source behind this route of the instance at `base`."""
        return Source(kind=SourceKind.RSSHUB, url=base.rstrip("/") + self.route, **self.values())


class PushForm(CommonForm):
    """Data that is brought to us, by a signed request or as files in a folder: what stands in which column or field."""

    fields: PushFields
    secrets: SecretNames = Field(
        default=[], max_length=2, description="env:NAME or file:PATH; two while a secret is being changed"
    )
    drop: str = Field(default="", description="The folder in which files are put down")

    @model_validator(mode="after")
    def _has_a_way_in(self) -> PushForm:
        if not self.secrets and not self.drop and self.enabled:
            raise Rejected(N_("A push source needs secrets, for signed requests, or drop, a folder for files."))
        if self.article is not None:
            raise Rejected(N_("A push source has no page to read: leave article out."))
        return self

    def source(self) -> Source:
        """Return the source that this part describes; it has no address."""
        rule = PushRule(**self.fields.values(), secrets=tuple(self.secrets), drop=self.drop)
        return Source(kind=SourceKind.PUSH, url="", push_rule=rule, **self.values())


class RssHubForm(Part):
    """One RSSHub instance, best one's own, and its routes."""

    base: WebAddress = "https://rsshub.app"
    routes: list[RouteForm] = Field(default=[])


class SourcesFile(Part):
    """The form of sources.yaml."""

    version: int = Field(default=1, ge=1, le=1)
    feeds: list[FeedForm] = Field(default=[])
    lists: list[ListForm] = Field(default=[])
    apis: list[ApiForm] = Field(default=[])
    push: list[PushForm] = Field(default=[])
    rsshub: RssHubForm = RssHubForm()
