"""How the gate goes out: its settings, its TLS, its proxy, its pools of connections."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import httpcore
import httpx

from monitor.core.sources import Tls
from monitor.gate.target import Target

# A pool looks at all its connections at every request, so that a thousand of them are kept in many pools.
POOLS, IDLE_IN_EACH = 32, 2
LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which has its name only since Python 3.12


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """How the gate goes out. `allow` lists intranet hosts and networks; `proxy` is http://[user:password@]host:port.

    Behind a proxy the names are looked up by the proxy: then only addresses in figures and names without a dot can be
    refused here, and the proxy has to guard the rest.
    """

    user_agent: str = "Mozilla/5.0 (compatible; Huiying/0.1; monitoring of public news for emergency response)"
    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    longest_body: int = 10 * 1024 * 1024
    allow: tuple[str, ...] = ()
    proxy: str | None = None
    ca_file: str | None = None


def proxy_address(settings: GateSettings) -> tuple[str, int] | None:
    """Return host and port of the proxy, or None; raise GateFailure(BAD_URL) where it cannot be read."""
    if not settings.proxy:
        return None
    target = Target.of(_without_user(settings.proxy))
    return target.host, target.port


def new_pool(
    settings: GateSettings, context: ssl.SSLContext, backend: httpcore.NetworkBackend, *, kept: bool
) -> httpcore.ConnectionPool:
    """Make a pool of connections that are kept open for half a minute, or for one request only.

    How many there are at once is up to those who ask: a limit here would let hosts that hang hold up all others.
    """
    proxy = settings.proxy and httpcore.Proxy(_without_user(settings.proxy), auth=_user(settings.proxy))
    return httpcore.ConnectionPool(
        ssl_context=context,
        proxy=proxy or None,
        max_connections=None,
        max_keepalive_connections=IDLE_IN_EACH if kept else 0,
        keepalive_expiry=30.0,
        network_backend=backend,
    )


def ssl_context(tls: Tls, ca_file: str | None) -> ssl.SSLContext:
    """Return what is asked of TLS; it takes a while to make and serves any number of connections."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    if tls is not Tls.VERIFIED:
        context.options |= LEGACY_SERVER_CONNECT
        context.set_ciphers("DEFAULT@SECLEVEL=1")
    if tls is Tls.UNVERIFIED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _without_user(proxy: str) -> str:
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _user(proxy: str) -> tuple[str, str] | None:
    user, at, _ = proxy.partition("://")[2].rpartition("@")
    if not at:
        return None
    name, _, password = user.partition(":")
    return name, password
