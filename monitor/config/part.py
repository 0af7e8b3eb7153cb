"""What the forms of all configuration files have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of a configuration file: no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
