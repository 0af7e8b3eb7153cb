"""E-mail by SMTP, one recipient a channel, so that nobody sees who else is told."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from monitor.core.errors import N_, Mistake
from responders.channels.base import REPEAT_NOTE, DeliveryFailure, Message, Receipt, Tried, Try
from responders.channels.email_letter import letter
from responders.channels.safe_text import cut, one_line

SAID_LIMIT = 300

WRONG_LOGIN = N_("The mail server refuses the login. Many Chinese mail providers want an authorisation code instead.")
WRONG_RECIPIENT = N_("The mail server knows no such recipient. Check the address of the contact.")
WRONG_SENDER = N_("The mail server does not let this sender through. Use the address of the login as sender.")
NO_ENCRYPTION = N_("The mail server offers no such encryption or login. Check the port and the security setting.")
WRONG_CERTIFICATE = N_("The mail server's certificate is not trusted. Check its name, or install its authority.")
UNREACHABLE = N_("The mail server gave no answer. Check its name and port and that this machine may reach it.")
REFUSED = N_("The mail server refused the mail for good. Ask its administrator with these words.")


class Security(StrEnum):
    """How the connection to the mail server is encrypted; plain is for a relay on the same machine or network."""

    STARTTLS = "starttls"
    TLS = "tls"
    PLAIN = "plain"


class BadMailAddress(Mistake):
    """An address is none, or several."""

    message = N_("{address} is not one e-mail address. Write it like duty@example.org, one recipient a channel.")


class Email:
    """Mail to one person; accepted means that the mail server took it, not that it was read."""

    can_reconcile = False
    per_minute: int | None = None

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        sender: str,
        recipient: str,
        user: str = "",
        password: str = "",
        security: Security = Security.STARTTLS,
        timeout: float = 20.0,
        context: ssl.SSLContext | None = None,
        repeat_note: str = REPEAT_NOTE,
    ) -> None:
        self.name = name
        self._server = (host, port)
        self._sender = checked_address(sender)
        self._recipient = checked_address(recipient)
        self._login = (user, password)
        self._security = security
        self._timeout = timeout
        self._context = context
        self._note = repeat_note

    def __repr__(self) -> str:
        return f"Email({self.name!r}, {self._recipient!r})"

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Hand the mail to the server; 4xx answers are temporary, 5xx permanent."""
        note = self._note if attempt.may_repeat else ""
        mail = letter(message, sender=self._sender, recipient=self._recipient, note=note)
        with self._session() as server:
            _hand_over(server, mail)
            # The mail is taken; a server that is rude at the farewell changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        return Receipt(provider_id=mail["Message-ID"])

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: a mail server cannot be asked."""
        return None

    @property
    def way(self) -> str:
        """Name the server and the login; the recipients behind it share one try."""
        return f"smtp:{self._server[0]}:{self._server[1]}:{self._login[0]}"

    def try_silently(self) -> Tried:
        """Connect, encrypt and log in; no mail is begun, so the recipient's address stays untried."""
        with self._session() as server:
            try:
                code, said = server.noop()
            except (smtplib.SMTPException, OSError) as error:
                failure: DeliveryFailure | None = _failure(error, sent=False)
            else:
                failure = None if 200 <= code < 300 else _answered(code, said, REFUSED)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        if failure is not None:
            raise failure
        return Tried()

    def _session(self) -> contextlib.closing[smtplib.SMTP]:
        """Return a connection that is encrypted and logged in; nothing has been sent if this fails."""
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            failure = _failure(error, sent=False)
        else:
            try:
                self._greet(server)
            except (smtplib.SMTPException, OSError, UnicodeError) as error:
                server.close()
                failure = _failure(error, sent=False)
            else:
                return contextlib.closing(server)
        raise failure

    def _connect(self) -> smtplib.SMTP:
        if self._security is Security.TLS:
            return smtplib.SMTP_SSL(*self._server, timeout=self._timeout, context=self._trust())
        return smtplib.SMTP(*self._server, timeout=self._timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._security is Security.STARTTLS:
            server.starttls(context=self._trust())
        if self._login[0]:
            server.login(*self._login)

    def _trust(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()


def checked_address(text: str) -> str:
    """Return `text` if it is exactly one e-mail address, with or without a name; raise BadMailAddress otherwise."""
    header = EmailMessage(policy=SMTP)
    # The standard library's parser stumbles over some halves of an address, such as "a@".
    with contextlib.suppress(ValueError, IndexError):
        header["To"] = text
    found = header["To"]
    if found is None or found.defects or len(found.addresses) != 1 or found.groups[0].display_name is not None:
        raise BadMailAddress(address=one_line(text))
    if not (text.isprintable() and found.addresses[0].username and found.addresses[0].domain):
        raise BadMailAddress(address=one_line(text))
    return text.strip()


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        failure = _failure(error, sent=True)
    else:
        return
    raise failure


def _failure(error: Exception, *, sent: bool) -> DeliveryFailure:
    """Return the failure; `sent` tells that the mail was under way, so that a lost answer leaves it undecided."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _answered(code, said, WRONG_RECIPIENT)
    if isinstance(error, smtplib.SMTPResponseException):
        remedies = {smtplib.SMTPAuthenticationError: WRONG_LOGIN, smtplib.SMTPSenderRefused: WRONG_SENDER}
        of_this_mail = isinstance(error, smtplib.SMTPDataError)
        return _answered(
            error.smtp_code, error.smtp_error, remedies.get(type(error), REFUSED), of_this_mail=of_this_mail
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryFailure(one_line(str(error)), permanent=True, remedy=NO_ENCRYPTION)
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryFailure(one_line(error.verify_message), remedy=WRONG_CERTIFICATE)
    words = cut(f"{type(error).__name__}: {one_line(str(error))}", SAID_LIMIT)
    return DeliveryFailure(words, may_have_arrived=sent, remedy=UNREACHABLE)


def _answered(code: int, said: bytes | str, remedy: str, *, of_this_mail: bool = False) -> DeliveryFailure:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    permanent = 500 <= code < 600
    return DeliveryFailure(
        cut(f"{code} {one_line(words)}", SAID_LIMIT),
        permanent=permanent,
        final=permanent and of_this_mail,
        remedy=remedy if permanent else "",
    )
