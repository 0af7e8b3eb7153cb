"""Open the console's port before anything else begins."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address

from monitor.core.errors import N_, Mistake


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
    """Return the console's socket; port 0 takes any free one."""
    return listen_anywhere(host, port, "console")


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


def is_local(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
