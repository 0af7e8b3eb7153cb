"""The endpoint against a strict interface on a socket: what it is sent, how each of its faults ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from monitor.config.lexicon import load_words
from monitor.config.second_reader import load_prompt
from monitor.core.second.opinion import Prompt, Reply, RequestOutcome, Shown
from monitor.gate import Gate, GateSettings
from monitor.second.endpoint import LONGEST_BODY, Endpoint
from tests.crawl.site import running_site
from tests.responders.fakes.web import Answer, Fault
from tests.second.fake_model import KEY, MODEL, NOTHING, FakeModel, error, reads

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
ITEM = Shown("甲市一仓库起火", "已致3人死亡。", NOW.date())
Outcome = RequestOutcome


@pytest.fixture(scope="module")
def prompt() -> Prompt:
    return load_prompt({kind.id: kind.zh for kind in load_words()[0].kinds.values()})


@pytest.fixture
def gate() -> Iterator[Gate]:
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        yield gate


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


@pytest.fixture
def endpoint(gate: Gate, model: FakeModel, prompt: Prompt) -> Endpoint:
    return Endpoint(gate, base_url=model.base_url, model=MODEL, key=KEY, seconds=20, prompt=prompt)


def ask(endpoint: Endpoint, shown: Shown = ITEM) -> Reply:
    return endpoint.ask(shown, NOW)


def test_a_strict_interface_accepts_what_it_is_asked(endpoint: Endpoint, model: FakeModel) -> None:
    model.says = lambda item: reads(item["title"], deaths={"count": 3, "quote": "已致3人死亡"}, kind="fire")
    reply = ask(endpoint)
    assert reply.outcome is Outcome.ANSWERED, reply.said
    assert reply.opinion is not None
    assert reply.opinion.figures == {"deaths": 3}
    assert model.items == [{"date": "2026-07-09", "title": ITEM.title, "text": ITEM.text}]
    body = json.loads(model.requests[0].body)
    assert body["response_format"]["type"] == "json_schema"
    assert body["temperature"] == 0
    assert "coal_mine" in body["messages"][0]["content"]


def test_nothing_but_the_item_leaves_the_house(endpoint: Endpoint, model: FakeModel) -> None:
    ask(endpoint)
    (request,) = model.requests
    sent = json.loads(request.body)
    assert sent.keys() == {"model", "messages", "stream", "max_tokens", "temperature", "response_format"}
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][0]["content"] == endpoint.prompt.instructions


@pytest.mark.parametrize(("forms", "form"), [({"json_object", "plain"}, "json_object"), ({"plain"}, None)])
def test_a_form_that_is_not_known_is_asked_for_in_a_simpler_way(
    endpoint: Endpoint, model: FakeModel, forms: set[str], form: str | None
) -> None:
    model.forms = forms
    outcomes = [ask(endpoint).outcome for _ in range(3)]
    assert outcomes[-1] is Outcome.ANSWERED
    assert set(outcomes[:-1]) <= {Outcome.FORM_UNKNOWN, Outcome.ANSWERED}
    assert json.loads(model.requests[-1].body).get("response_format", {}).get("type") == form


def test_old_servers_say_500_to_a_form_and_new_ones_want_another_bound(endpoint: Endpoint, model: FakeModel) -> None:
    said = 'response_format type must be one of "text" or "json_object", but got: json_schema'
    model.fail(Answer({"error": {"code": 500, "message": said}}, 500))
    assert ask(endpoint).outcome is Outcome.FORM_UNKNOWN
    model.bound = "max_completion_tokens"
    assert [ask(endpoint).outcome for _ in range(2)] == [Outcome.FORM_UNKNOWN, Outcome.ANSWERED]


def test_who_has_understood_us_means_the_item_when_he_complains(endpoint: Endpoint, model: FakeModel) -> None:
    assert ask(endpoint).outcome is Outcome.ANSWERED
    model.fail(error(400, "This model's maximum context length is 4096 tokens"), times=3)
    assert [ask(endpoint).outcome for _ in range(4)] == [Outcome.NOT_ACCEPTED] * 3 + [Outcome.ANSWERED]
    assert json.loads(model.requests[-1].body)["response_format"]["type"] == "json_schema"


def test_an_interface_that_accepts_nothing_is_not_asked_in_circles(endpoint: Endpoint, model: FakeModel) -> None:
    model.fail(error(400, "no"), times=50)
    outcomes = [ask(endpoint).outcome for _ in range(12)]
    assert outcomes.count(Outcome.NOT_ACCEPTED) >= 4


FAULTS: list[tuple[Any, RequestOutcome]] = [
    (error(401, f"Incorrect API key provided: Bearer {KEY}"), Outcome.NO_ACCESS),
    (error(403, "no"), Outcome.NO_ACCESS),
    (error(404, "no such model"), Outcome.NOT_THERE),
    (Fault.THROTTLED, Outcome.THROTTLED),
    (Fault.SERVER_ERROR, Outcome.SERVER_ERROR),
    (error(500, "out of memory"), Outcome.SERVER_ERROR),
    (Fault.GARBAGE, Outcome.NOT_AN_API),
    (Answer(b"{}"), Outcome.NOT_AN_API),
    (Answer({"choices": []}), Outcome.NOT_AN_API),
    (Answer({"choices": [{"message": {"content": 5}}]}), Outcome.NOT_AN_API),
    (Answer(b"[" * 50_000), Outcome.NOT_AN_API),
    (Answer(json.dumps(dict(NOTHING)).encode(), 200, {"Content-Type": "text/plain"}), Outcome.NOT_AN_API),
    (Answer(b"", 302, {"Location": "http://127.0.0.1:1/"}), Outcome.REDIRECTED),
    (Answer(b"", 307, {"Location": "http://169.254.169.254/"}), Outcome.REDIRECTED),
    (Answer(b" " * (LONGEST_BODY + 1)), Outcome.TOO_LARGE),
    (Answer({"choices": [{"message": {"content": None, "refusal": "I cannot"}}]}), Outcome.DECLINED),
    (Answer({"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}), Outcome.DECLINED),
    (Answer({"choices": [{"message": {"content": '{"is'}, "finish_reason": "length"}]}), Outcome.CUT_SHORT),
    (Answer({"choices": [{"message": {"content": None}}]}), Outcome.UNREADABLE),
    (Answer({"choices": [{"message": {"content": "没有事故。"}}]}), Outcome.UNREADABLE),
    (Fault.DROPPED_REPLY, Outcome.SERVER_ERROR),
]


@pytest.mark.parametrize(("fault", "outcome"), FAULTS)
def test_every_fault_is_an_outcome_with_a_reason(
    endpoint: Endpoint, model: FakeModel, fault: Fault | Answer, outcome: RequestOutcome
) -> None:
    model.fail(fault)
    reply = ask(endpoint)
    assert (reply.outcome, reply.opinion) == (outcome, None)
    assert reply.said
    assert len(reply.said) <= 300
    assert "\n" not in reply.said
    assert KEY not in reply.said
    assert len(model.requests) == 1, "nothing is followed and nothing repeated"


def test_how_long_to_wait_is_read(endpoint: Endpoint, model: FakeModel) -> None:
    model.fail(Fault.THROTTLED)
    assert ask(endpoint).retry_after == timedelta(seconds=7)
    model.fail(Answer(b"", 429, {"Retry-After": "Thu, 09 Jul 2026 12:10:00 GMT"}))
    assert ask(endpoint).retry_after == timedelta(minutes=10)


@pytest.mark.parametrize(("key", "name"), [("wrong", MODEL), (KEY, "no-such-model"), ("", MODEL)])
def test_a_wrong_key_or_model_is_told(gate: Gate, model: FakeModel, prompt: Prompt, key: str, name: str) -> None:
    reply = ask(Endpoint(gate, base_url=model.base_url, model=name, key=key, seconds=20, prompt=prompt))
    assert reply.outcome in (Outcome.NO_ACCESS, Outcome.NOT_THERE)
    assert key == "" or key not in reply.said


def test_without_a_key_none_is_sent(gate: Gate, prompt: Prompt) -> None:
    with FakeModel(key="") as model:
        endpoint = Endpoint(gate, base_url=model.base_url + "/", model=MODEL, key="", seconds=20, prompt=prompt)
        assert ask(endpoint).outcome is Outcome.ANSWERED
        assert "authorization" not in model.requests[0].headers


def test_a_private_address_is_refused_unless_it_is_allowed(model: FakeModel, prompt: Prompt) -> None:
    with Gate() as gate:
        reply = ask(Endpoint(gate, base_url=model.base_url, model=MODEL, key=KEY, seconds=20, prompt=prompt))
    assert reply.outcome is Outcome.UNREACHED
    assert "private" in reply.said
    assert model.requests == []


@pytest.mark.parametrize("slow", ["silent", "drip"])
def test_the_time_is_bounded_in_all(gate: Gate, prompt: Prompt, slow: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(300):
            if slow == "drip":
                handler.wfile.write(b" ")
            time.sleep(0.1)

    with running_site() as site:
        site.raw["/v1/chat/completions"] = drip
        endpoint = Endpoint(gate, base_url=f"{site.url}/v1", model=MODEL, key=KEY, seconds=1, prompt=prompt)
        began = time.monotonic()
        assert ask(endpoint).outcome is Outcome.TIMEOUT
        assert time.monotonic() - began < 15
