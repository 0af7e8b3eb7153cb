"""E-mail through a real SMTP server: one recipient, one subject, nothing remote, every refusal understood."""

from __future__ import annotations

import email.utils
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.channels.base import DeliveryFailure, Line, Link, Message, Tone, Try
from responders.channels.email import BadMailAddress, Email, Security
from responders.channels.email_letter import letter
from responders.channels.safe_text import one_line
from tests.responders.channels.messages import AT, CONSOLE, HOSTILE, card, message
from tests.responders.fakes.markup import hidden
from tests.responders.fakes.smtp import FakeMailServer, problem_of

SENDER = "回应值班 <duty@bureau.example>"
RECIPIENT = "zhang.san@bureau.example"
# The fake may ask for a login in the open; aiosmtpd finds that worth a warning.
UNENCRYPTED = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with FakeMailServer() as running:
        yield running


def mailer(port: int, **options: Any) -> Email:
    settings = {
        "name": "邮件",
        "host": "127.0.0.1",
        "sender": SENDER,
        "recipient": RECIPIENT,
        "security": Security.PLAIN,
    }
    return Email(**{**settings, "port": port, "timeout": 5, **options})


def failure(channel: Email) -> DeliveryFailure:
    with pytest.raises(DeliveryFailure) as failed:
        channel.send(message(), Try())
    return failed.value


class Page(HTMLParser):
    """Collects the tags, addresses and words of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "background", "data")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def part(mail: Any, kind: str) -> str:
    return str(mail.get_body((kind,)).get_content()).replace("\r\n", "\n")


def page_of(mail: Any) -> Page:
    return Page(part(mail, "html"))


def test_an_alert_arrives_as_text_and_as_a_page(server: FakeMailServer) -> None:
    receipt = mailer(server.port).send(message("隧道塌方"), Try())
    [mail] = server.taken
    assert server.envelopes == [("duty@bureau.example", [RECIPIENT])]
    assert (mail["To"], mail["From"]) == (RECIPIENT, SENDER)
    assert mail["Subject"] == "隧道塌方"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["Importance"], mail["X-Priority"]) == ("high", "1")
    assert mail["Bcc"] is mail["Cc"] is None
    assert receipt.confirmed
    assert receipt.provider_id == mail["Message-ID"]
    plain = part(mail, "plain")
    assert "截止: 7月9日 20:30" in plain
    assert f"{CONSOLE.label}: {CONSOLE.url}" in plain
    page = page_of(mail)
    assert page.addresses == [CONSOLE.url]
    assert "7月9日 20:30" in page.words
    assert not {"img", "script", "link", "iframe", "form", "svg"} & set(page.tags)


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_stays_a_title(server: FakeMailServer, title: str) -> None:
    mailer(server.port).send(message(title), Try())
    [mail] = server.taken
    assert mail.get_all("Subject") == [mail["Subject"]]
    assert mail["Bcc"] is None
    subject = str(mail["Subject"])
    assert subject.splitlines() == [subject]
    assert hidden(subject) == []
    assert len(subject) <= 150
    assert subject == one_line(title) or subject.endswith("[…]")
    page = page_of(mail)
    assert page.addresses == [CONSOLE.url]
    assert not {"script", "img", "font", "at", "iframe"} & set(page.tags)
    assert one_line(title) in page.words, "the whole title stands in the mail"
    assert hidden(page.words.replace("\n", "")) == []


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_no_title_breaks_the_headers(title: str) -> None:
    mail = letter(message(title), sender=SENDER, recipient=RECIPIENT)
    assert problem_of(mail.as_bytes()) is None


def test_the_same_message_to_the_same_person_has_the_same_id(server: FakeMailServer) -> None:
    first, again = (mailer(server.port).send(message(key="a-1"), Try()).provider_id for _ in range(2))
    other_person = mailer(server.port, recipient="li@bureau.example").send(message(key="a-1"), Try()).provider_id
    other_message = mailer(server.port).send(message(key="a-2"), Try()).provider_id
    assert first == again
    assert len({first, other_person, other_message}) == 3
    assert re.fullmatch(r"<[0-9a-f]{40}@bureau\.example>", first)


def test_the_mails_of_one_incident_refer_to_the_same_mail(server: FakeMailServer) -> None:
    for key in ("a-1", "a-2"):
        mailer(server.port).send(message(key=key, card=card()), Try())
    mailer(server.port).send(message(key="brief"), Try())
    one, two, other = (mail["References"] for mail in server.taken)
    assert one == two is not None
    assert other is None


def test_a_page_that_is_given_is_sent_as_it_is(server: FakeMailServer) -> None:
    page = "<html><body class='b'><h1>日报</h1></body></html>"
    briefing = Message(key="b", title="日报", tone=Tone.CALM, html=page)
    mailer(server.port).send(briefing, Try())
    mailer(server.port, repeat_note="可能<重复>").send(briefing, Try(may_repeat=True))
    first, second = (part(mail, "html").strip() for mail in server.taken)
    assert first == page
    assert second == page.replace("'b'>", "'b'><p>可能&lt;重复&gt;</p>")
    assert server.taken[0]["Importance"] is None


def test_a_repeat_says_so_in_both_parts(server: FakeMailServer) -> None:
    mailer(server.port).send(message(), Try(may_repeat=True))
    [mail] = server.taken
    assert "This may be a repeat" in part(mail, "plain")
    assert "This may be a repeat" in page_of(mail).words


def test_a_wrong_link_is_text(server: FakeMailServer) -> None:
    links = (Link("点此", "javascript:alert(1)"),)
    mailer(server.port).send(Message(key="x", title="t", tone=Tone.DONE, links=links, lines=(Line("a", "b"),)), Try())
    page = page_of(server.taken[0])
    assert page.addresses == []
    assert "javascript:alert(1)" in page.words


@pytest.mark.parametrize(
    ("command", "answer", "permanent", "remedy"),
    [
        ("RCPT", "550 5.1.1 no such user", True, "no such recipient"),
        ("RCPT", "450 4.2.0 greylisted", False, ""),
        ("RCPT", "452 4.2.2 mailbox full", False, ""),
        ("MAIL", "553 5.7.1 sender not owned", True, "sender"),
        ("MAIL", "451 4.3.0 try later", False, ""),
        ("DATA", "554 5.7.1 spam 疑似垃圾邮件", True, "administrator"),
        ("DATA", "421 4.3.2 shutting down", False, ""),
        ("DATA", "552 5.3.4 too big", True, "administrator"),
    ],
)
def test_4xx_is_tried_again_and_5xx_is_not(
    server: FakeMailServer, command: str, answer: str, permanent: bool, remedy: str
) -> None:
    server.answers[command] = answer
    failed = failure(mailer(server.port))
    assert failed.permanent is permanent
    assert failed.final is (permanent and command == "DATA"), "only then it is the mail itself"
    assert failed.said.startswith(answer[:9])
    assert remedy in failed.remedy
    assert not failed.may_have_arrived
    assert server.taken == []


def test_an_answer_lost_after_the_mail_was_handed_over_is_undecided(server: FakeMailServer) -> None:
    server.hang_up_after_data = True
    failed = failure(mailer(server.port))
    assert len(server.taken) == 1
    assert (failed.permanent, failed.may_have_arrived) == (False, True)
    assert failed.said.startswith("SMTPServerDisconnected")


@UNENCRYPTED
def test_the_login(server: FakeMailServer) -> None:
    with FakeMailServer(login=("duty", "right")) as guarded:
        assert mailer(guarded.port, user="duty", password="right").send(message(), Try()).confirmed
        wrong = failure(mailer(guarded.port, user="duty", password="wr0ng-secret"))
        assert (wrong.permanent, wrong.may_have_arrived) == (True, False)
        assert "authorisation code" in wrong.remedy
        assert "wr0ng-secret" not in f"{wrong!r} {vars(wrong)} {wrong.__context__!r}"
        assert "wr0ng-secret" not in repr(mailer(guarded.port, user="duty", password="wr0ng-secret"))
        anonymous = failure(mailer(guarded.port))
        assert anonymous.permanent
    no_login = failure(mailer(server.port, user="duty", password="x"))
    assert (no_login.permanent, "login" in no_login.remedy) == (True, True)


@UNENCRYPTED
def test_a_password_that_no_server_takes_is_no_crash() -> None:
    with FakeMailServer(login=("duty", "right")) as guarded:
        failed = failure(mailer(guarded.port, user="duty", password="密码"))
    assert not failed.may_have_arrived


def test_nothing_listens() -> None:
    failed = failure(mailer(9))
    assert failed.said.startswith("ConnectionRefusedError")
    assert (failed.permanent, failed.may_have_arrived) == (False, False)


def test_a_server_that_never_greets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        failed = failure(mailer(silent.getsockname()[1], timeout=0.3))
    assert "timed out" in failed.said
    assert (failed.permanent, failed.may_have_arrived) == (False, False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, made for this run."""
    tool = shutil.which("openssl")
    if tool is None:
        pytest.skip("openssl is not installed, so no certificate can be made")
    place = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [tool, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", place / "key.pem", "-out", place / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return place


def test_starttls_is_used_and_the_certificate_is_checked(certificate: Path, server: FakeMailServer) -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusting = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with FakeMailServer(login=("duty", "right"), tls=ours) as encrypted:
        options = {"security": Security.STARTTLS, "user": "duty", "password": "right"}
        assert mailer(encrypted.port, context=trusting, **options).send(message(), Try()).confirmed
        distrusted = failure(mailer(encrypted.port, **options))
    assert "certificate" in distrusted.remedy
    assert not distrusted.may_have_arrived
    plain = failure(mailer(server.port, security=Security.STARTTLS))
    assert (plain.permanent, "encryption" in plain.remedy) == (True, True)


def test_tls_to_a_plain_port_fails_before_anything_is_said(server: FakeMailServer) -> None:
    failed = failure(mailer(server.port, security=Security.TLS, timeout=1))
    assert not failed.may_have_arrived
    assert server.taken == []


@pytest.mark.parametrize(
    "address",
    ["zhang", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "a@b@c.example",
     "<a@b.example> <c@d.example>", "a@b.example;c@d.example", "@b.example", "a@", "组: a@b.example;"],
)  # fmt: skip
def test_an_address_is_exactly_one(address: str) -> None:
    with pytest.raises(BadMailAddress, match="one recipient a channel"):
        mailer(25, recipient=address)


def test_a_name_beside_the_address_is_fine(server: FakeMailServer) -> None:
    mailer(server.port, recipient="张三 <zhang.san@bureau.example>").send(message(), Try())
    assert server.envelopes[0][1] == [RECIPIENT]
    assert email.utils.parseaddr(str(server.taken[0]["To"])) == ("张三", RECIPIENT)
