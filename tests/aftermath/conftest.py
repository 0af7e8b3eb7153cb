"""The station and the phone of the console's tests."""

from tests.responders.console.conftest import phone, station

__all__ = ["phone", "station"]
