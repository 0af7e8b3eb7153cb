"""A mail server over a real socket (aiosmtpd) that is strict about what a relay may choke on."""

from __future__ import annotations

import email
import email.policy
import re
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class AnyPort(Controller):
    """Listens on a free port and says which."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class FakeMailServer:
    """Takes mail into `taken`; `answers` replaces the answer to a command ("MAIL", "RCPT", "DATA") for good."""

    def __init__(self, *, login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.taken: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answers: dict[str, str] = {}
        self.hang_up_after_data = False
        self._login = login
        options: dict[str, Any] = {"tls_context": tls} if tls else {}
        if login:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": tls is not None}
        self._controller = AnyPort(
            self, hostname="127.0.0.1", port=0, server_hostname="localhost", ready_timeout=60, **options
        )

    @property
    def port(self) -> int:
        return self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.answers:
            return self.answers["DATA"]
        problem = problem_of(envelope.content)
        if problem:
            return f"550 5.6.0 {problem}"
        self.raw.append(envelope.content)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.hang_up_after_data:
            transport: Any = server.transport
            transport.close()
        return "250 2.0.0 queued"

    def _authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=right, handled=False)


def problem_of(content: bytes) -> str | None:
    """Return what is wrong with a mail as it came over the wire (RFC 5322 section 2, RFC 5321 section 4.5.3)."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        return "bare line feed or carriage return"
    if any(len(line) > 998 for line in content.split(b"\r\n")):
        return "line longer than 998 bytes"
    if not content.isascii():
        return "eight-bit data"
    head = content.split(b"\r\n\r\n", 1)[0]
    names = [name.lower() for name in re.findall(rb"^([!-9;-~]+):", head, re.MULTILINE)]
    for name in (b"from", b"to", b"subject", b"date", b"message-id"):
        if names.count(name) != 1:
            return f"{name.decode()} stands {names.count(name)} times"
    if b"bcc" in names:
        return "bcc is shown"
    return None
