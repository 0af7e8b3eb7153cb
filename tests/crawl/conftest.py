from collections.abc import Iterator

import pytest

from monitor.gate import Gate, GateSettings
from tests.crawl.site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def other_site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Return a gate that may reach the test's own servers, as an intranet source is allowed."""
    with Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5)) as gate:
        yield gate
