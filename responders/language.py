"""The reader's language: English templates in code, Chinese from the catalogue."""

from __future__ import annotations

import gettext
import os
from enum import Enum
from pathlib import Path
from typing import Any

from monitor.core.errors import Mistake
from responders.labels import label

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "huiying"
LANGUAGES = ("zh", "en")


def chosen_language() -> str:
    """Return the language set by HUIYING_LANG; Chinese where nothing or nothing known is set."""
    asked = os.environ.get("HUIYING_LANG", "zh")[:2].lower()
    return asked if asked in LANGUAGES else "zh"


class Words:
    """Turns English templates into finished texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=language == "en")

    def __call__(self, template: str, **facts: Any) -> str:
        """Return `template` in the language, its placeholders filled from `facts`."""
        text = self._catalogue.gettext(template) if template else ""
        return text.format(**{name: self._fact(value) for name, value in facts.items()}) if facts else text

    def _fact(self, value: Any) -> Any:
        """Return a fact as it is read: values of enums and nested templates in the language too."""
        if isinstance(value, Enum):
            return self(label(value))
        told = getattr(value, "told", None)
        return told(self) if callable(told) else value

    def mistake(self, mistake: Mistake) -> str:
        """Return a Mistake's message in the language."""
        return self(mistake.message, **mistake.facts)
