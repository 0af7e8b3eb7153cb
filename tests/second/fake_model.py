"""A model behind an interface like OpenAI's: strict where the real ones are, and answering as a test tells it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema

from monitor.core.second.opinion import COUNTED
from tests.responders.fakes.web import Answer, Request, WebFake

KEY = "sk-test-5d1f"
MODEL = "small-model"
KEYWORDS = {"type", "properties", "required", "additionalProperties", "enum", "anyOf"}
KNOWN = {"model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature", "response_format"}
Says = Callable[[dict[str, Any]], object]

NOTHING: Mapping[str, Any] = {
    "is_incident": False,
    "in_china": "unknown",
    "kind": "other",
    **dict.fromkeys(COUNTED),
    "place": "",
    "decoy": None,
    "certainty": "high",
    "quote": "",
}


def reads(title: str, *, text: str = "", **found: Any) -> dict[str, Any]:
    """Return the answer of a model that finds an incident in the title; figures are quoted from it."""
    claims = {n: {"count": v, "quote": text or title} for n, v in found.items() if n in COUNTED and isinstance(v, int)}
    told = {"is_incident": True, "in_china": "yes", "quote": text or title}
    return {**NOTHING, **told, **found, **claims}


def says_nothing(_: dict[str, Any]) -> object:
    return dict(NOTHING)


class FakeModel(WebFake):
    """`says` gets the item that was sent and returns what the model writes: a text as it is, all else as JSON."""

    def __init__(self, says: Says = says_nothing, *, key: str = KEY) -> None:
        super().__init__()
        self.says = says
        self.key = key
        self.forms: set[str] = {"json_schema", "json_object", "plain"}
        self.bound = "max_tokens"

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items that were sent, in order."""
        return [item_of(json.loads(request.body)) for request in self.requests]

    def handle(self, request: Request) -> Answer:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        said = self.says(item_of(json.loads(request.body)))
        if isinstance(said, Answer):
            return said
        content = said if isinstance(said, str) or said is None else json.dumps(said, ensure_ascii=False)
        message = {"role": "assistant", "content": content}
        return Answer({"object": "chat.completion", "choices": [{"message": message, "finish_reason": "stop"}]})

    def _refusal(self, request: Request) -> Answer | None:
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            return error(404, f"Invalid URL ({request.method} {request.path})")
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return error(401, f"Incorrect API key provided: {request.headers.get('authorization', '')}")
        if request.media_type != "application/json":
            return error(415, "Unsupported Media Type")
        try:
            body = json.loads(request.body)
        except ValueError:
            return error(400, "We could not parse the JSON body of your request.")
        wrong = self._wrong(body)
        if wrong:
            return error(400, wrong)
        return None if body["model"] == MODEL else error(404, f"The model `{body['model']}` does not exist.")

    def _wrong(self, body: dict[str, Any]) -> str:
        """Say what a real interface would not accept of a request."""
        if body.keys() - KNOWN:
            return f"Unrecognized request arguments: {sorted(body.keys() - KNOWN)}"
        if not isinstance(body.get("model"), str):
            return "you must provide a model parameter"
        messages = body.get("messages")
        if not messages or not all({"role", "content"} == m.keys() for m in messages):
            return "'messages' is not of the right form"
        bounds = body.keys() & {"max_tokens", "max_completion_tokens"}
        if bounds != {self.bound}:
            return f"Unsupported parameter: {bounds}. Use '{self.bound}' instead."
        form = body.get("response_format", {"type": "plain"})
        if form["type"] not in self.forms:
            return "This response_format type is unavailable now"
        if form["type"] == "json_object" and "json" not in json.dumps(messages).lower():
            return "'messages' must contain the word 'json' in some form"
        return _wrong_schema(form["json_schema"]) if form["type"] == "json_schema" else ""


def item_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item that a request is about; what marks it off must stand there once."""
    (told,) = (message["content"] for message in body["messages"] if message["role"] == "user")
    before, data, after = told.split("\n")
    assert (before, after) == ("<item>", "</item>")
    assert told.count("<item>") == told.count("</item>") == 1
    item = json.loads(data)
    assert isinstance(item, dict)
    return item


def error(status: int, message: str) -> Answer:
    """Return an error as such interfaces word it."""
    return Answer({"error": {"message": message, "type": "invalid_request_error"}}, status)


def _wrong_schema(named: Mapping[str, Any]) -> str:
    if named.keys() != {"name", "strict", "schema"} or named["strict"] is not True:
        return "Invalid response_format: name, strict and schema are needed"
    jsonschema.Draft202012Validator.check_schema(named["schema"])
    return _not_strict(named["schema"], "schema")


def _not_strict(schema: Any, at: str) -> str:
    """Name the first part of a schema that structured output does not allow."""
    if schema.keys() - KEYWORDS:
        return f"Invalid schema: {at} has {sorted(schema.keys() - KEYWORDS)}"
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or sorted(schema["required"]) != sorted(schema["properties"])
    ):
        return f"Invalid schema: {at} must be closed and name all its keys"
    parts = {**schema.get("properties", {}), **{str(n): part for n, part in enumerate(schema.get("anyOf", ()))}}
    return next((wrong for name, part in parts.items() if (wrong := _not_strict(part, f"{at}.{name}"))), "")
