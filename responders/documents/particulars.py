"""What single kinds of response have beside the response, as lines of a name and a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.particulars import Claim, Clarification, Conference, Continuation, Particulars
from responders.language import Words

NO_NAMES: Mapping[str, str] = {}


def said_particulars(
    said: Particulars | None, words: Words, ranks: Mapping[str, str] = NO_NAMES
) -> Iterator[tuple[str, str]]:
    """Yield what is known beside the response; `ranks` names the ranks of speakers."""
    if isinstance(said, Conference):
        yield from _conference(said, words, ranks)
    elif isinstance(said, Clarification):
        yield words(N_("Claim answered")), said.title or said.claim.name
    elif isinstance(said, Continuation):
        if said.follows is not None:
            yield words(N_("Continues")), words(N_("response {id}"), id=said.follows)
        if said.promised_at is not None:
            yield words(N_("Next release promised")), shown(said.promised_at)


def _conference(said: Conference, words: Words, ranks: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if said.place:
        yield words(N_("Place")), said.place
    if said.speaker:
        yield words(N_("Speaker")), said.speaker
    if said.rank:
        yield words(N_("Rank")), ranks.get(said.rank, said.rank)
    if said.questions is not None:
        yield words(N_("Questions answered")), str(said.questions)
    if said.record_url:
        yield words(N_("Record")), said.record_url


def plain_particulars(said: Particulars | None) -> dict[str, Any]:
    """Return the same for programs: only the keys that fit the kind of response."""
    if isinstance(said, Conference):
        fields = ("place", "speaker", "rank", "questions", "record_url")
        return {"conference": {name: getattr(said, name) for name in fields}}
    if isinstance(said, Clarification):
        return {"claim": {"name": said.claim.name, "title": said.title}}
    return {} if said is None else {"follows": said.follows}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


# How the audit log keeps them.
KEPT: Mapping[str, Callable[[Mapping[str, Any]], Particulars]] = {
    "conference": lambda row: Conference(
        place=row["place"],
        speaker=row["speaker"],
        rank=row["rank"],
        questions=row["questions"],
        record_url=row["record_url"],
    ),
    "clarification": lambda row: Clarification(
        claim=Claim(item_id=row["item_id"], whisper_id=row["whisper_id"]), title=row["title"]
    ),
    "continuation": lambda row: Continuation(follows=row["follows"], promised_at=_moment(row["promised_at"])),
}
