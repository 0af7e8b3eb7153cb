"""C7: what people ask of an incident, found in what is said of it, and whether the release answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.checks.circumstances import Circumstances, Talk
from monitor.core.checks.draft import Draft
from monitor.core.checks.rules import ReleaseRules, Topic
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark
from monitor.core.model import CASUALTY_FIELDS
from monitor.core.reading.sentences import sentences
from monitor.core.text import fold

LONGEST_READ = 4_000
LONGEST_QUESTION = 80
ENOUGH, SOME = 0.8, 0.2


@dataclass(frozen=True, slots=True)
class Question:
    """A topic that people ask about: how often, and the sentence that asks it in the most pressing way."""

    topic: Topic
    weight: int
    sentence: str


def questions(talk: Iterable[Talk], rules: ReleaseRules) -> tuple[Question, ...]:
    """Return what is asked, the most often asked first; a sentence asks where it has a question word and a topic."""
    weights: dict[str, int] = {}
    said: dict[str, str] = {}
    for one in talk:
        asked: set[str] = set()
        shown = f"{one.title}\n{one.text}"[:LONGEST_READ]
        folded = fold(shown)
        found = rules.phrases.find(folded)
        cues = [span.start for span in found.get("question", ())]
        for part in sentences(folded, len(one.title)) if cues else ():
            if not any(part.start <= at < part.end for at in cues):
                continue
            for topic in rules.topics:
                if any(part.start <= span.start < part.end for span in found.get(f"ask:{topic.id}", ())):
                    asked.add(topic.id)
                    said.setdefault(topic.id, shown[part.start : part.end].strip()[:LONGEST_QUESTION])
        for topic_id in asked:
            weights[topic_id] = weights.get(topic_id, 0) + one.weight
    known = [Question(topic, weights[topic.id], said[topic.id]) for topic in rules.topics if topic.id in weights]
    return tuple(sorted(known, key=lambda q: -q.weight))


def coverage(draft: Draft, known: Circumstances, rules: ReleaseRules) -> Finding:
    """Return which of the most asked questions the release answers."""
    asked = questions(known.talk, rules)[: rules.limits.questions]
    if not asked:
        return Finding(Check.QUESTIONS, Mark.NOT_APPLICABLE, (), (Remark(Note.NOTHING_ASKED),))
    answers = [(question, answer(draft, question.topic)) for question in asked]
    proofs = tuple(dict.fromkeys(said for _, said in answers if said))
    remarks = tuple(
        Remark(Note.NOT_ANSWERED, {"topic": q.topic.id, "times": q.weight}, q.sentence)
        for q, said in answers
        if not said
    )
    share = 1 - len(remarks) / len(answers)
    mark = Mark.FULFILLED if share >= ENOUGH else Mark.PARTLY if share >= SOME else Mark.MISSING
    return Finding(Check.QUESTIONS, mark, proofs, remarks)


def answer(draft: Draft, topic: Topic) -> str:
    """Return the sentence of the release that speaks to a topic, or nothing; some are answered by a figure as well."""
    said = draft.first(f"answer:{topic.id}")
    if said or not topic.figures:
        return said
    figures = [getattr(draft.assessment.casualties, name) for name in CASUALTY_FIELDS]
    return next((figure.sentence for figure in figures if figure is not None and figure.sentence), "")
