"""Describe a file's form as JSON Schema, so that editors complete and check it."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

ROOT = Path(__file__).parents[2]


def schema_of(model: type[BaseModel], title: str) -> str:
    """Return the JSON Schema of the files that `model` reads, as it is stored for editors."""
    described = model.model_json_schema(mode="validation")
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **described, "title": title}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def store_schema(file: Path, text: str) -> None:
    """Write a schema to `file`, relative to the checkout."""
    (ROOT / file).write_text(text, encoding="utf-8")
