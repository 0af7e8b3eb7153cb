"""What a watched place is and how a fetch of it can fail. Values only; the file that fills them is sources.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitor.core.errors import N_
from monitor.core.model import BEIJING, Trust


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    LIST = "list"
    API = "api"
    RSSHUB = "rsshub"
    PUSH = "push"
    MASTODON = "mastodon"
    JETSTREAM = "jetstream"


class Timeline(StrEnum):
    """Which of a Mastodon server's timelines is followed."""

    PUBLIC = "public"
    LOCAL = "local"
    REMOTE = "remote"
    HASHTAG = "hashtag"
    HOME = "home"


class TimeRule(StrEnum):
    """What a source is known to get wrong about its own times."""

    AS_STATED = "as_stated"
    LOCAL_LABELLED_GMT = "local_labelled_gmt"
    DATE_ONLY = "date_only"


class Identity(StrEnum):
    """What makes two entries of a source the same Item."""

    AUTO = "auto"
    URL = "url"
    ID = "id"
    TITLE = "title"


class Tls(StrEnum):
    """How far a server's TLS is trusted. Anything but `verified` is shown to people."""

    VERIFIED = "verified"
    LEGACY = "legacy"
    UNVERIFIED = "unverified"


class FailureKind(StrEnum):
    """Why a fetch brought nothing; each has a sentence in FAILURE_MESSAGES and a weight in WEIGHTS."""

    BAD_URL = "bad_url"
    ADDRESS_REFUSED = "address_refused"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    RATE_LIMITED = "rate_limited"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    ROBOTS = "robots"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    UNEXPECTED_STATUS = "unexpected_status"
    CAPTCHA_OR_LOGIN = "captcha_or_login"
    HOSTILE_XML = "hostile_xml"
    NOT_A_FEED = "not_a_feed"
    NOT_JSON = "not_json"
    NOTHING_MATCHED = "nothing_matched"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


FAILURE_MESSAGES: Mapping[FailureKind, str] = {
    FailureKind.BAD_URL: N_("The address cannot be used: {detail}. Correct the url in sources.yaml."),
    FailureKind.ADDRESS_REFUSED: N_(
        "The address leads into a private or reserved network ({detail}). "
        "If this is an intranet source, add its host or network to the allow-list."
    ),
    FailureKind.DNS: N_("The name could not be found ({detail}). Check the address and the DNS server."),
    FailureKind.CONNECT: N_("No connection could be made ({detail})."),
    FailureKind.TLS: N_(
        "The secure connection failed ({detail}). If the site is known to use an outdated or private certificate, "
        "set tls for this source."
    ),
    FailureKind.TIMEOUT: N_("The server did not finish in time ({detail})."),
    FailureKind.PROTOCOL: N_("The server broke off or did not speak HTTP ({detail})."),
    FailureKind.REDIRECT: N_("The redirect cannot be followed ({detail})."),
    FailureKind.TOO_LARGE: N_("The answer was cut because it is too large ({detail})."),
    FailureKind.BAD_ENCODING: N_("The answer is packed in a way that is not accepted ({detail})."),
    FailureKind.RATE_LIMITED: N_("The site asks us to come less often ({detail})."),
    FailureKind.FORBIDDEN: N_("The site refuses us ({detail})."),
    FailureKind.GONE: N_("The page is not there ({detail}). Check the url in sources.yaml."),
    FailureKind.ROBOTS: N_(
        "The site's robots.txt does not allow this address ({detail}). Ask the site for a written permission and enter "
        "it under permission: of this source, or take the source out."
    ),
    FailureKind.CLIENT_ERROR: N_("The site does not accept the request ({detail})."),
    FailureKind.SERVER_ERROR: N_("The site has an error of its own ({detail})."),
    FailureKind.UNEXPECTED_STATUS: N_("The site answered with a status that makes no sense here ({detail})."),
    FailureKind.CAPTCHA_OR_LOGIN: N_("The site shows a captcha or login page instead of its content ({detail})."),
    FailureKind.HOSTILE_XML: N_("The feed declares XML entities and was not read ({detail})."),
    FailureKind.NOT_A_FEED: N_("The answer is no feed ({detail})."),
    FailureKind.NOT_JSON: N_("The answer is not JSON ({detail})."),
    FailureKind.NOTHING_MATCHED: N_(
        "Nothing on the page matches the rule ({detail}). The page was probably redesigned: adapt the selectors."
    ),
    FailureKind.EMPTY: N_("The answer is well formed but holds no entry ({detail})."),
    FailureKind.UNREADABLE: N_("The answer could not be read ({detail})."),
}

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
WEIGHTS: Mapping[FailureKind, float] = {
    FailureKind.BAD_URL: HARD,
    FailureKind.ADDRESS_REFUSED: HARD,
    FailureKind.DNS: SOFT,
    FailureKind.CONNECT: SOFT,
    FailureKind.TLS: HARD,
    FailureKind.TIMEOUT: TEMPORARY,
    FailureKind.PROTOCOL: TEMPORARY,
    FailureKind.REDIRECT: HARD,
    FailureKind.TOO_LARGE: HARD,
    FailureKind.BAD_ENCODING: HARD,
    FailureKind.RATE_LIMITED: SOFT,
    FailureKind.FORBIDDEN: SOFT,
    FailureKind.GONE: HARD,
    FailureKind.ROBOTS: HARD,
    FailureKind.CLIENT_ERROR: HARD,
    FailureKind.SERVER_ERROR: TEMPORARY,
    FailureKind.UNEXPECTED_STATUS: SOFT,
    FailureKind.CAPTCHA_OR_LOGIN: SOFT,
    FailureKind.HOSTILE_XML: HARD,
    FailureKind.NOT_A_FEED: HARD,
    FailureKind.NOT_JSON: HARD,
    FailureKind.NOTHING_MATCHED: HARD,
    FailureKind.EMPTY: TEMPORARY,
    FailureKind.UNREADABLE: HARD,
}

_BY_STATUS: Mapping[int, FailureKind] = {
    401: FailureKind.FORBIDDEN,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.GONE,
    407: FailureKind.FORBIDDEN,
    408: FailureKind.TIMEOUT,
    410: FailureKind.GONE,
    412: FailureKind.FORBIDDEN,
    418: FailureKind.RATE_LIMITED,
    425: FailureKind.SERVER_ERROR,
    429: FailureKind.RATE_LIMITED,
    432: FailureKind.RATE_LIMITED,
    451: FailureKind.FORBIDDEN,
    521: FailureKind.FORBIDDEN,
    567: FailureKind.FORBIDDEN,
}


def failure_of(status: int) -> FailureKind | None:
    """Return what an HTTP status means for a fetch, or None for a plain 200.

    418 and 432 are what Weibo and other Chinese sites answer to too many requests; 412, 521 and 567 are the answers of
    the web application firewalls in front of many Chinese sites.
    """
    if status == 200:
        return None
    if known := _BY_STATUS.get(status):
        return known
    if 400 <= status < 500:
        return FailureKind.CLIENT_ERROR
    if 500 <= status < 600:
        return FailureKind.SERVER_ERROR
    return FailureKind.UNEXPECTED_STATUS


USUAL_TITLE = ("a@title", "a", "@title", ".")
USUAL_LINK = ("a@href", "@href")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """CSS selectors of an HTML list page; "a@href" reads an attribute, "@href" one of the item itself, "." its text.

    Where several selectors are given, the first that yields something counts. `cdata` reads the list out of the CDATA
    sections that some portals ship for their scripts to page through. `pages` is the address of older pages, with {n}
    where their number stands.
    """

    item: str
    title: tuple[str, ...] = USUAL_TITLE
    link: tuple[str, ...] = USUAL_LINK
    time: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    heat: tuple[str, ...] = ()
    cdata: bool = False
    pages: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRule:
    """Where the entries of a JSON answer stand.

    `items` is a path from the root ("data.realtime[]", "*" for all values of an object); the others are paths from the
    entry ("word", "target.url"), or templates with paths in braces ("https://example.org/s?q={word}"), in which a url
    is percent-encoded. `after` skips to the JSON inside a page or script; `skip_if` names a flag of advertisements.
    """

    items: str
    title: str
    url: str = ""
    id: str = ""
    time: str = ""
    text: str = ""
    heat: str = ""
    skip_if: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRule:
    """How the page of one entry is read; empty selectors mean automatic extraction."""

    text: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    time: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRule:
    """In which column of a table, or at which path of a JSON object, the fields of a row stand that is brought to us.

    Where several are named, the first that holds something counts. `secrets` name where the keys of signed requests are
    kept, never the keys themselves; `drop` is the folder for files.
    """

    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    heat: tuple[str, ...] = ()
    rows: str = ""
    secrets: tuple[str, ...] = ()
    drop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRule:
    """What of a social network's stream is followed, and what of it is kept.

    A post is kept that has one of `keywords` (all the words of one, where it is several), or speaks of safety where
    there is none; `languages` are those of the posts, any where there is none. `secret` names where the token is kept,
    never the token itself; `streaming` is where a Mastodon server streams, empty for where it says. `accounts` are the
    identifiers (did:…) of those who are listened to, everybody where there is none.
    """

    timeline: Timeline = Timeline.PUBLIC
    tag: str = ""
    secret: str = ""
    streaming: str = ""
    accounts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A site's written permission to fetch what its robots.txt does not allow: from whom, of which day, where it is."""

    by: str
    on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A watched place.

    `region` is a GB/T 2260 code, "000000" the whole country; `ranked` marks hot lists, `own` the bureau's own sources.
    `office` names the office of the duty file that publishes there, empty for the bureau itself; `group` with which
    sources this one is compared, empty where its trust says it. A `steady` one is asked at its interval whatever it
    brings. What is brought to us has no url.
    """

    id: str
    name: str
    kind: SourceKind
    url: str
    interval: timedelta = timedelta(minutes=10)
    steady: bool = False
    region: str = "000000"
    trust: Trust = Trust.LOCAL_MEDIA
    language: str = "zh"
    timezone: str = BEIJING
    time_rule: TimeRule = TimeRule.AS_STATED
    identity: Identity = Identity.AUTO
    list_rule: ListRule | None = None
    api_rule: ApiRule | None = None
    push_rule: PushRule | None = None
    stream_rule: StreamRule | None = None
    article: ArticleRule | None = None
    ranked: bool = False
    own: bool = False
    office: str = ""
    group: str = ""
    may_be_empty: bool = False
    tls: Tls = Tls.VERIFIED
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    body_type: str = ""
    permission: Permission | None = None
    enabled: bool = True
