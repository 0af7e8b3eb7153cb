"""What a robots.txt allows us, by RFC 9309."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.robots import COPY_LASTS, FRESH, LONGEST_DELAY, Kept, Rule, refusal_of, robots_of
from monitor.core.sources import FailureKind

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
S = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        ("", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/a", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a", "/b/a", True),
        ("Disallow: /A", "/a", True),
        ("disallow : /a # why", "/ab", False),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*.php$", "/x/index.php", False),
        ("Disallow: /*.php$", "/x/index.php?p=1", True),
        ("Disallow: /*?page=", "/list?page=2", False),
        ("Disallow: /a*b*c", "/a-b-c-d", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /ab*ab$", "/ab", True),
        ("Disallow: /*", "/a", False),
        ("Disallow: *", "/a", False),
        ("Disallow: /新闻", "/%E6%96%B0%E9%97%BB/1", False),
        ("Disallow: /%7ea", "/~a", False),
        ("Disallow: /a%2fb", "/a/b", True),
        ("Disallow: /a%2Fb", "/a%2fb", False),
    ],
)
def test_the_longest_rule_that_fits_decides(lines: str, path: str, allowed: bool) -> None:
    refusing = robots_of(f"User-agent: *\n{lines}").refusing(path)
    assert (refusing is None) is allowed


GROUPS = """
Disallow: /before-any-group
User-agent: otherbot
User-agent: Huiying/1.0
Disallow: /ours
Sitemap: https://x.example/map.xml
Crawl-delay: 7

User-agent: *
Disallow: /
User-agent: HUIYING
Disallow: /too
"""


@pytest.mark.parametrize(("path", "rule"), [("/ours", "/ours"), ("/too", "/too"), ("/else", None), ("/before", None)])
def test_all_groups_of_our_name_count_and_then_none_of_the_others(path: str, rule: str | None) -> None:
    robots = robots_of(GROUPS)
    assert robots.refusing(path) == (None if rule is None else Rule(allow=False, pattern=rule))
    assert robots.delay == 7 * S
    assert str(robots_of(GROUPS, "unknown").refusing("/x")) == "Disallow: /"


@pytest.mark.parametrize(
    ("value", "delay"), [("5", 5 * S), ("0.5", S / 2), ("soon", 0 * S), ("-3", 0 * S), ("999999", LONGEST_DELAY)]
)
def test_a_crawl_delay_is_read_within_bounds(value: str, delay: timedelta) -> None:
    assert robots_of(f"user-agent: *\ncrawl-delay: {value}\n").delay == delay


@settings(max_examples=100)
@given(st.text(max_size=300), st.text(alphabet="/ab*$%2fE?=", max_size=40))
def test_no_text_and_no_path_breaks_it(text: str, path: str) -> None:
    refusing = robots_of(text).refusing("/" + path)
    assert refusing is None or not refusing.allow


@given(st.text(alphabet="/ab", max_size=12), st.text(alphabet="/ab*", max_size=8))
def test_a_longer_permission_always_wins(path: str, pattern: str) -> None:
    rules = robots_of(f"User-agent: *\nDisallow: /{pattern}\nAllow: /{path}/zz")
    assert rules.refusing(f"/{path}/zz") is None or len(pattern) > len(path) + 3


def test_a_hostile_pattern_costs_no_time() -> None:
    rule = robots_of("User-agent: *\nDisallow: /" + "*a" * 5000 + "b$")
    assert rule.refusing("/" + "a" * 8000) is None


def test_a_copy_serves_a_day_and_thirty_days_while_the_site_fails() -> None:
    read = Kept("User-agent: *\nDisallow: /a", NOW, NOW)
    assert read.is_fresh(NOW + FRESH - S)
    assert not read.is_fresh(NOW + FRESH)
    later = NOW + COPY_LASTS - S
    failing = read.after_fault(FailureKind.TIMEOUT, "30 s", later)
    assert refusal_of(failing, "/b", later) is None
    refused = refusal_of(failing, "/a", later)
    assert refused is not None
    assert (refused.reason, refused.detail) == (FailureKind.ROBOTS, "Disallow: /a")
    gone = refusal_of(failing, "/b", NOW + COPY_LASTS)
    assert gone is not None
    assert (gone.reason, gone.detail) == (FailureKind.TIMEOUT, "robots.txt: 30 s")
