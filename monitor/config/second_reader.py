"""Load what the second reader is told to do, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.part import Part
from monitor.config.wording import nearest
from monitor.core.errors import N_
from monitor.core.model import Decoy
from monitor.core.second.opinion import Prompt, Shown

FILE = Path(__file__).parents[1] / "rules" / "second_reader.yaml"
SLOTS = ("{kinds}", "{decoys}")


class _Sample(Part):
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)


class _PromptFile(Part):
    version: str = Field(min_length=1, max_length=20)
    instructions: str = Field(min_length=1)
    decoys: dict[str, str]
    sample: _Sample


def load_prompt(kinds: Mapping[str, str], path: Path = FILE) -> Prompt:
    """Return the prompt with the names that an answer may use; `kinds` are Chinese names by slug."""
    document = read(path)
    form = check(document, _PromptFile)
    problems = list(_contradictions(document, form))
    if problems:
        raise BadDocument(in_order(problems))
    listed = (_listed(kinds), _listed(form.decoys))
    instructions = form.instructions
    for slot, names in zip(SLOTS, listed, strict=True):
        instructions = instructions.replace(slot, names)
    return Prompt(form.version, instructions, tuple(kinds), Shown(form.sample.title, form.sample.text))


def _contradictions(document: Document, form: _PromptFile) -> Iterator[Problem]:
    """Yield names of decoy classes that are not known or not named, and lists that the instructions leave out."""
    known = [decoy.value for decoy in Decoy]
    for name in form.decoys:
        if name not in known:
            message = N_("{name} is no known class of decoys. The nearest is {near}.")
            yield document.problem(("decoys", name), message, name=name, near=nearest(name, known) or known[0])
    for name in known:
        if name not in form.decoys:
            yield document.problem(("decoys",), N_("{key} is missing."), key=name)
    for slot in SLOTS:
        if slot not in form.instructions:
            yield document.problem(("instructions",), N_("The instructions do not name {slot}."), slot=slot)


def _listed(names: Mapping[str, str]) -> str:
    return "；".join(f'"{name}"（{said}）' for name, said in names.items())
