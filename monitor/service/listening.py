"""Open the console's port before anything else begins, and refuse addresses that others could reach."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address

from monitor.core.errors import N_, Mistake


class NotLocal(Mistake):
    """The console has no accounts yet, so nobody else may reach it."""

    message = N_(
        "The console has no accounts yet and therefore listens on this machine only. "
        "Set console.host to 127.0.0.1 instead of {host}; reach it from elsewhere through an SSH tunnel."
    )


class PortTaken(Mistake):
    """Another program listens there."""

    message = N_(
        "Port {port} on {host} is taken by another program, perhaps by Huiying itself. "
        "Stop that program, or set {setting}.port to another number."
    )


class PortRefused(Mistake):
    """The system does not let us listen there."""

    message = N_("{setting} cannot listen on {host}:{port}: {why}. Set {setting}.port to a number above 1023.")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a local address; port 0 takes any free one."""
    return listen_anywhere(checked_host(host), port, "console")


def listen_anywhere(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket that listens on any address; `setting` names the part of huiying.yaml that asks for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host=host, port=port, setting=setting) from None
        raise PortRefused(setting=setting, host=host, port=port, why=error.strerror or str(error)) from None
    # The event loop sets this only on sockets that it opens itself; without it every answer waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def checked_host(host: str) -> str:
    """Return an address that only this machine can reach; raise NotLocal for any other."""
    if not is_local(host):
        raise NotLocal(host=host)
    return host


def is_local(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
