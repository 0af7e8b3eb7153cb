"""Which addresses the gate lets through, however they are spelled."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.sources import FAILURE_MESSAGES, WEIGHTS, FailureKind
from monitor.gate import Gate, GateFailure, GateSettings, Target
from monitor.gate.addresses import AllowList, is_public, may_reach

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
    "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "114.114.114.114", "172.32.0.1", "100.128.0.1", "2400:3200::1", "2a00:1450::1",
    "::ffff:8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_allow_list_opens_what_it_names_and_no_more() -> None:
    allowed = AllowList.of(["10.1.0.0/16", "news.office.example", ".intra.example", "fd00::/8", " 192.168.7.7 "])
    assert may_reach("x", ip_address("10.1.2.3"), allowed)
    assert may_reach("x", ip_address("::ffff:10.1.2.3"), allowed)
    assert not may_reach("x", ip_address("10.2.0.1"), allowed)
    assert may_reach("news.office.example", ip_address("10.9.9.9"), allowed)
    assert may_reach("a.intra.example", ip_address("10.9.9.9"), allowed)
    assert not may_reach("intra.example", ip_address("10.9.9.9"), allowed)
    assert not may_reach("evilnews.office.example", ip_address("10.9.9.9"), allowed)
    assert may_reach("x", ip_address("192.168.7.7"), allowed)
    assert may_reach("x", ip_address("fd00::5"), allowed)
    with pytest.raises(ValueError, match="a b"):
        AllowList.of(["a b"])


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a listening socket that nobody may ever connect to."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    yield listening
    with pytest.raises(BlockingIOError):
        listening.accept()
    listening.close()


SPELLINGS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::]:{port}/",
    "http://user@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.org/",
    "http://example.org\\@127.0.0.1:{port}/",
    "http://127.0.0.1%2f@example.org:{port}/",
    "http://127.0.0.1\t:{port}/",
    "http://127.0.0.1:{port}:80/",
    "http:///127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/hostname",
    "file://127.0.0.1:{port}/etc/hostname",
    "gopher://127.0.0.1:{port}/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "//127.0.0.1:{port}/",
    "",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_the_own_host_is_reached(spelling: str, listener: socket.socket) -> None:
    url = spelling.format(port=listener.getsockname()[1])
    with Gate(GateSettings(total_seconds=3)) as gate, pytest.raises(GateFailure) as failure:
        gate.get(url)
    assert failure.value.kind in (FailureKind.ADDRESS_REFUSED, FailureKind.BAD_URL, FailureKind.DNS)


labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12).filter(lambda s: s.strip("-") == s)


@given(
    host=st.lists(labels, min_size=2, max_size=4).map(".".join),
    port=st.none() | st.integers(1, 65535),
    path=st.text(max_size=20),
    scheme=st.sampled_from(["http", "https", "HTTP"]),
)
def test_what_is_connected_to_is_what_the_address_says(host: str, port: int | None, path: str, scheme: str) -> None:
    url = f"{scheme}://{host}" + (f":{port}" if port else "") + "/" + path.split("?", maxsplit=1)[0].replace("#", "")
    try:
        target = Target.of(url)
    except GateFailure:
        return
    parts = urlsplit(target.url)
    assert target.host == host == parts.hostname
    assert target.port == (port or (443 if scheme == "https" else 80)) == (parts.port or target.port)
    assert target.authority.split(":")[0] == host


def test_every_failure_has_a_sentence_and_a_weight() -> None:
    assert set(FAILURE_MESSAGES) == set(WEIGHTS) == set(FailureKind)
    for kind, message in FAILURE_MESSAGES.items():
        assert "{detail}" in message, kind
