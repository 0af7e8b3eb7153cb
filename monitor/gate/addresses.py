"""Which network addresses may be reached: the public ones, and what a bureau allows by name or network.

The flags of `ipaddress` miss ranges on older Python versions, so the ranges are listed here (RFC 6890 and the IANA
special-purpose registries; 192.0.0.0/24 and 100.64.0.0/10 also hold the metadata services of two cloud providers).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFUSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
PUBLIC_6 = IPv6Network("2000::/3")
REFUSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may be reached although it is not public: exact host names, ".suffix" names, and networks."""

    hosts: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> AllowList:
        """Read "10.1.0.0/16", "10.1.2.3", "news.office.example" and ".office.example"; raise ValueError otherwise."""
        hosts, suffixes, networks = set(), [], []
        for entry in entries:
            text = entry.strip().lower().rstrip(".")
            if "/" in text or _address(text) is not None:
                networks.append(ip_network(text))
            elif not text or any(character.isspace() for character in text):
                raise ValueError(entry)
            elif text.startswith("."):
                suffixes.append(text)
            else:
                hosts.add(text)
        return cls(frozenset(hosts), tuple(suffixes), tuple(networks))

    def names(self, host: str) -> bool:
        """Tell whether `host` is allowed by name."""
        return host in self.hosts or host.endswith(self.suffixes or ("\0",))

    def holds(self, address: Address) -> bool:
        """Tell whether `address` lies in an allowed network."""
        return any(address in network for network in self.networks if network.version == address.version)


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether `address` is an ordinary address of the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is not None:
            return is_public(inner)
        return address in PUBLIC_6 and address.scope_id is None and not any(address in network for network in REFUSED_6)
    return not any(address in network for network in REFUSED_4)


def may_reach(host: str, address: Address, allowed: AllowList) -> bool:
    """Tell whether a connection to `address`, found for `host`, is permitted."""
    return is_public(address) or allowed.names(host) or allowed.holds(_unwrapped(address))


def _unwrapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
