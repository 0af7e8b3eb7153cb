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
from monitor.core.offers.words import ConferenceWords, FormWords, ReleaseWords

Words = list[str]
LISTS = ("credits", "media", "reposts", "not_releases", "releases", "plain")
IN_A_FORM = ("title", "opening", "unless")


class _FormPart(Part):
    form: Form
    title: Words = Field(min_length=1)
    opening: Words = Field(default=[])
    unless: Words = Field(default=[])


class _ConferencesPart(Part):
    names: Words = Field(min_length=1)
    held: Words = Field(min_length=1)
    surely_held: Words
    coming: Words = Field(min_length=1)
    hours: Words


class _OwnFile(Part):
    forms: list[_FormPart] = Field(min_length=1)
    conferences: _ConferencesPart
    credits: Words
    media: Words
    reposts: Words
    not_releases: Words
    releases: Words
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
        releases=tuple(file.releases),
        conferences=_conference_words(file.conferences),
        plain=tuple(sorted(_plain(file), key=len, reverse=True)),
    )


def _plain(file: _OwnFile) -> set[str]:
    """Return every word that names no incident."""
    marks = {word for one in file.forms for word in one.title}
    return {*file.plain, *marks, *file.releases, *file.conferences.names, *file.conferences.held}


def _conference_words(part: _ConferencesPart) -> ConferenceWords:
    return ConferenceWords(
        tuple(part.names), tuple(part.held), tuple(part.surely_held), tuple(part.coming), tuple(part.hours)
    )


def _unfit(document: Document, file: _OwnFile) -> Iterator[Problem]:
    """Name each form that stands twice, and each empty word, which would stand in every text."""
    forms = [one.form for one in file.forms]
    for n, form in enumerate(forms):
        if form in forms[:n]:
            yield document.problem(("forms", n, "form"), N_("This form stands above already."))
    lists: list[tuple[tuple[str | int, ...], Words]] = [
        *(((name,), getattr(file, name)) for name in LISTS),
        *((("conferences", name), words) for name, words in file.conferences),
        *((("forms", n, name), getattr(one, name)) for n, one in enumerate(file.forms) for name in IN_A_FORM),
    ]
    for place, words in lists:
        for n, word in enumerate(words):
            if not word.strip():
                yield document.problem((*place, n), N_("This word is empty and would fit everything."))
