"""Every value that a person may see has a name."""

from enum import Enum

import pytest

from monitor.core import model
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.fetched import DropReason, Outcome
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.rumours import RumourWhy
from monitor.core.sources import FailureKind
from responders.labels import label

SHOWN: list[type[Enum]] = [
    *(thing for thing in vars(model).values() if isinstance(thing, type) and issubclass(thing, Enum)
      and thing.__module__ == model.__name__),
    Silence, Cause, DropReason, Outcome, Placing, FailureKind, RumourWhy,
]  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN, ids=lambda e: e.__name__)
def test_every_value_has_a_label(shown: type[Enum]) -> None:
    texts = {value: label(value) for value in shown}
    assert all(texts.values())


def test_equal_texts_of_different_enums_keep_their_own_labels() -> None:
    assert label(model.MatterState.OPEN) != label(model.DeadlineState.OPEN)
