"""Numbers that a person may give: of an incident, of an item, of how many at most."""

from __future__ import annotations

from typing import Any

import click

from monitor.cli.speech import say
from monitor.core.errors import N_

LARGEST = 2**63 - 1


class Number(click.types.IntParamType):
    """A whole number from 1 up that a database can hold."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """The parser's word for it, in the language of the moment: it is put into the parser's own sentences."""
        return say(N_("integer"))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; end with a usage error where it is none."""
        number = int(super().convert(value, param, ctx))
        if not 1 <= number <= LARGEST:
            self.fail(say(N_("{value} is not a number from 1 up."), value=str(value)), param, ctx)
        return number


NUMBER = Number()
