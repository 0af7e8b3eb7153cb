"""A place as the columns of a row: its codes, what the text called it, and the divisions that come into question."""

from __future__ import annotations

from typing import Any

from monitor.core.model import Place


def place_columns(place: Place) -> dict[str, str | None]:
    """Return a place as columns; several codes stand in one text, separated by spaces."""
    return {
        "province": place.province,
        "city": place.city,
        "county": place.county,
        "place_name": place.name,
        "among": " ".join(place.among),
    }


def place_of(row: Any) -> Place:
    """Return the place that a row's columns hold."""
    return Place(row.province, row.city, row.county, row.place_name, tuple(row.among.split()))
