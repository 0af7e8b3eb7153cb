"""The shipped words and tables, loaded once."""

from __future__ import annotations

import pytest

from monitor.config.lexicon import load_reader, load_words
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import EnglishLexicon
from monitor.core.reading.lexicon import Lexicon
from monitor.core.reading.severity import SeverityTables

Shipped = tuple[Lexicon, EnglishLexicon, SeverityTables]


@pytest.fixture(scope="session")
def words() -> Shipped:
    return load_words()


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load_reader()
