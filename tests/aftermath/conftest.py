"""The browser of the console's tests."""

from tests.responders.console.conftest import browser, station

__all__ = ["browser", "station"]
