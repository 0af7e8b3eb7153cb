"""The console writes one readable block a message, and no title drives the terminal."""

import io

import pytest

from responders.channels.base import DeliveryFailure, Line, Message, Tone, Try
from responders.channels.console import Console
from tests.responders.channels.messages import AT, CONSOLE, HOSTILE, message
from tests.responders.fakes.markup import hidden


def test_a_message_is_one_block() -> None:
    stream = io.StringIO()
    said = Message(
        key="a-1",
        title="隧道塌方",
        tone=Tone.URGENT,
        body="首报\n续报",
        lines=(Line("截止", "20:30"),),
        links=(CONSOLE,),
        written_at=AT,
    )
    receipt = Console(stream).send(said, Try())
    assert receipt.confirmed
    assert stream.getvalue() == (
        "[urgent] 2026-07-09T12:30:00+00:00 隧道塌方\n"
        "    首报\n"
        "    续报\n"
        "    截止: 20:30\n"
        "    处置页面: https://duty.example.org/incidents/12?tab=log\n"
    )


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_stays_in_its_block(title: str) -> None:
    stream = io.StringIO()
    Console(stream).send(message(title), Try())
    first, *rest = stream.getvalue().splitlines()
    assert first.startswith("[urgent] ")
    assert all(line.startswith("    ") for line in rest)
    assert hidden(stream.getvalue()) == []


def test_a_stream_without_chinese_gets_escapes_and_no_crash() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    Console(stream).send(message("隧道"), Try())
    assert b"\\u96a7\\u9053" in raw.getvalue()


def test_a_repeat_says_so() -> None:
    stream = io.StringIO()
    Console(stream, repeat_note="可能重复").send(message(), Try(may_repeat=True))
    assert stream.getvalue().splitlines()[1] == "    可能重复"


def test_a_closed_stream_is_a_failure_with_a_remedy() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(DeliveryFailure) as failed:
        Console(stream).send(message(), Try())
    assert (failed.value.permanent, failed.value.said) == (False, "ValueError")
    assert "Restart" in failed.value.remedy
