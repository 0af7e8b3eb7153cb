"""How the social networks of sources.yaml are read that are listened to as streams."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from monitor.config.push_fields import secret_name
from monitor.config.source_fields import (
    AccountName,
    Hashtag,
    Language,
    ServerAddress,
    SocketAddress,
    WebAddress,
    one_or_more,
)
from monitor.config.source_forms import CommonForm, SourcesFile
from monitor.config.wording import Rejected
from monitor.core.errors import N_
from monitor.core.model import Trust
from monitor.core.sources import Source, SourceKind, StreamRule, Timeline

SecretName = Annotated[str, BeforeValidator(secret_name)]
Keywords = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]],
    BeforeValidator(one_or_more, json_schema_input_type=str | list[str]),
]
Languages = Annotated[list[Language], BeforeValidator(one_or_more, json_schema_input_type=str | list[str])]


class StreamForm(CommonForm):
    """What every stream has: which of its posts are kept."""

    trust: Trust = Trust.PLATFORM
    keywords: Keywords = Field(
        default=[],
        max_length=500,
        description="Keep posts with one of these (several words: all of them); left out: posts that speak of safety",
    )
    languages: Languages = Field(default=[], description="Keep posts in these languages, and those that do not say")
    everything: bool = Field(default=False, description="Keep every post; for the streams of few accounts only")

    @model_validator(mode="after")
    def _is_a_stream(self) -> StreamForm:
        if self.article is not None:
            raise Rejected(N_("A stream brings posts as they are: leave article out."))
        if self.everything and self.keywords:
            raise Rejected(N_("A stream keeps everything or what has its keywords, not both."))
        return self

    def kept(self) -> dict[str, Any]:
        """Return the fields that become those of a StreamRule."""
        return {
            "keywords": tuple(self.keywords),
            "languages": tuple(self.languages),
            "everything": self.everything,
        }


class MastodonForm(StreamForm):
    """A timeline of a Mastodon server."""

    url: ServerAddress = Field(description="The server, such as https://mastodon.social")
    timeline: Timeline = Timeline.PUBLIC
    tag: Hashtag = Field(default="", validate_default=False, description="The hashtag of timeline: hashtag")
    token: SecretName = Field(
        default="", validate_default=False, description="env:NAME or file:PATH; most servers want one"
    )
    streaming: WebAddress = Field(
        default="", validate_default=False, description="Where it streams, if it does not say so itself"
    )

    @model_validator(mode="after")
    def _names_its_timeline(self) -> MastodonForm:
        if (self.timeline is Timeline.HASHTAG) != bool(self.tag):
            raise Rejected(N_("timeline: hashtag and tag belong together: give both or neither."))
        if self.timeline is Timeline.HOME and not self.token:
            raise Rejected(N_("timeline: home is somebody's own: it needs the token of that account."))
        return self

    def source(self) -> Source:
        """Return the source that this part describes."""
        rule = StreamRule(
            timeline=self.timeline, tag=self.tag, secret=self.token, streaming=self.streaming, **self.kept()
        )
        return Source(kind=SourceKind.MASTODON, url=self.url, stream_rule=rule, **self.values())


class JetstreamForm(StreamForm):
    """Bluesky, by way of a Jetstream server."""

    url: SocketAddress = "wss://jetstream2.us-east.bsky.network/subscribe"
    accounts: list[AccountName] = Field(default=[], max_length=100, description="Listen to these accounts only (did:…)")

    @model_validator(mode="after")
    def _is_no_flood(self) -> JetstreamForm:
        if self.everything and not self.accounts:
            raise Rejected(
                N_("Everything that is posted on Bluesky is more than can be kept: name accounts or keywords.")
            )
        return self

    def source(self) -> Source:
        """Return the source that this part describes."""
        rule = StreamRule(accounts=tuple(self.accounts), **self.kept())
        return Source(kind=SourceKind.JETSTREAM, url=self.url, stream_rule=rule, **self.values())


class WatchedFile(SourcesFile):
    """The form of sources.yaml: what is fetched or brought, and what is listened to."""

    mastodon: list[MastodonForm] = Field(default=[])
    jetstream: list[JetstreamForm] = Field(default=[])
