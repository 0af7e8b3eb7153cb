"""How the second reader is set up in huiying.yaml, and why its address could not be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from monitor.config.document import Document, Problem
from monitor.config.setting_fields import ApiKey, Endpoint
from monitor.core.errors import N_
from monitor.core.second.opinion import Asks
from monitor.gate import Way, way_to


class SecondReaderSetting(BaseModel):
    """A language model that reads doubtful items once more; it can raise questions and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_url: Endpoint = Field(description="Address of an interface like OpenAI's, without /chat/completions")
    model: str = Field(min_length=1, max_length=200)
    api_key: ApiKey | None = None
    timeout: int = Field(default=45, ge=5, le=90, description="Seconds for one answer in all")
    items: Asks = Field(default=Asks.DOUBTFUL, description="Which items it is given")
    questions_per_hour: int = Field(default=4, ge=1, le=60, description="What exceeds it is told in the briefing")
    questions_per_day: int = Field(default=12, ge=1, le=500, description="The same for any 24 hours")
    requests_per_day: int = Field(default=500, ge=1, le=100_000, description="A day begins at midnight in Beijing")


def no_way(document: Document, reader: Mapping[str, Any] | None, http: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Yield why the second reader's address could not be asked: it is private, or would carry texts in the clear."""
    where = ("second_reader", "base_url")
    address = (reader or {}).get("base_url")
    allow = (http or {}).get("allow")
    if not isinstance(address, str) or not isinstance(allow or [], list):
        return
    way = way_to(address, [entry for entry in allow or [] if isinstance(entry, str)])
    if way is Way.REFUSED:
        message = N_("{host} is a private address. If the model runs there, name the host or network in http: allow.")
        yield document.problem(where, message, host=urlsplit(address).hostname)
    elif way is Way.OPEN:
        message = N_(
            "Over http anybody on the way reads the texts and the key. Write https, "
            "or name {host} in http: allow if it stands in your own network."
        )
        yield document.problem(where, message, host=urlsplit(address).hostname)
