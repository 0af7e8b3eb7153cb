"""What is inside an office document, for comparing and for searching it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

ACTIVE_PARTS = re.compile(r"vba|macro|activex|oleobject|embeddings|externallink", re.IGNORECASE)
# A field that reckons or fetches; PAGE and NUMPAGES are the page's number.
FIELD = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")
HARMLESS_FIELDS = {"PAGE", "NUMPAGES"}


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of an office document by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def active(data: bytes) -> Iterator[str]:
    """Yield what in an office document runs, reckons or fetches."""
    for name, part in parts(data).items():
        if ACTIVE_PARTS.search(name):
            yield name
        if b'TargetMode="External"' in part:
            yield f"{name}: refers to the outside"
        if name.startswith("xl/") and re.search(rb"<f[ >]|<ddeLink|<oleLink", part):
            yield f"{name}: reckons"
        for found in FIELD.finditer(part):
            field = (found[1] or found[2] or b"").decode().split()
            if not field or field[0] not in HARMLESS_FIELDS:
                yield f"{name}: {' '.join(field)}"
        if re.search(rb"<!DOCTYPE|<!ENTITY", part):
            yield f"{name}: a document type"
