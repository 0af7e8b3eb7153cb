"""Load by which words the bureau's own publications are told apart, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.part import Part
from monitor.config.release import FOLDER
from monitor.core.errors import N_
from monitor.core.offers.offer import Form
from monitor.core.offers.words import FormWords, ReleaseWords

Words = list[str]


class _FormPart(Part):
    form: Form
    title: Words = Field(min_length=1)
    opening: Words = Field(default=[])
    unless: Words = Field(default=[])


class _OwnFile(Part):
    forms: list[_FormPart] = Field(min_length=1)
    credits: Words
    media: Words
    reposts: Words
    not_releases: Words
    plain: Words


def load_release_words(folder: Path = FOLDER) -> ReleaseWords:
    """Return the words. Raise BadDocument."""
    document = read(folder / "own.yaml")
    file = check(document, _OwnFile)
    problems = list(_unfit(document, file))
    if problems:
        raise BadDocument(in_order(problems))
    return ReleaseWords(
        forms={one.form: FormWords(tuple(one.title), tuple(one.opening), tuple(one.unless)) for one in file.forms},
        credits=tuple(file.credits),
        media=tuple(file.media),
        reposts=tuple(file.reposts),
        not_releases=tuple(file.not_releases),
        plain=tuple(sorted({*file.plain, *(w for one in file.forms for w in one.title)}, key=len, reverse=True)),
    )


def _unfit(document: Document, file: _OwnFile) -> Iterator[Problem]:
    """Name each form that stands twice, and each empty word, which would stand in every text."""
    forms = [one.form for one in file.forms]
    for n, form in enumerate(forms):
        if form in forms[:n]:
            yield document.problem(("forms", n, "form"), N_("This form stands above already."))
    for name in ("credits", "media", "reposts", "not_releases", "plain"):
        for n, word in enumerate(getattr(file, name)):
            if not word.strip():
                yield document.problem((name, n), N_("This word is empty and would fit everything."))
    for n, one in enumerate(file.forms):
        for name in ("title", "opening", "unless"):
            for k, word in enumerate(getattr(one, name)):
                if not word.strip():
                    yield document.problem(("forms", n, name, k), N_("This word is empty and would fit everything."))
