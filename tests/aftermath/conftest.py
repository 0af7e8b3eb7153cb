"""The browser of the console's tests."""

from tests.responders.console.conftest import browser

__all__ = ["browser"]
