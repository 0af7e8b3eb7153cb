"""The station, the browser and the phone of the console's tests."""

from tests.responders.console.conftest import browser, phone, station

__all__ = ["browser", "phone", "station"]
