"""The one place that builds things, and the heartbeat that keeps the legs going."""

from monitor.service.parts import Parts, open_parts

__all__ = ["Parts", "open_parts"]
