"""Run an archive through the real pipeline on the archive's time, in a throw-away database.

The archive's rows become entries of hot-list or article sources; the clock is the moment at which each row was first
seen. Between rows the watch runs at every moment that a deadline asks for. Nothing is delivered.
"""

from monitor.replay.archive import BadArchive, Row, UnknownArchive, rows_of
from monitor.replay.pipeline import Replay
from monitor.replay.results import incidents

__all__ = ["BadArchive", "Replay", "Row", "UnknownArchive", "incidents", "rows_of"]
