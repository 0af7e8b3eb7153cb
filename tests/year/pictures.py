"""Open documents with the word processor, and draw pages of them as pictures."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

LONGEST = 600
OFFICE = (".docx", ".xlsx")


def can_open() -> bool:
    """Tell whether the word processor and the tools that read PDF are here."""
    return all(shutil.which(name) for name in ("soffice", "pdftotext", "pdftoppm", "pdfinfo"))


def as_pdf(files: list[Path], folder: Path) -> list[Path]:
    """Convert documents, with a profile of their own, and return the PDF files in the same order."""
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            *files,
        ],
        check=True,
        timeout=LONGEST,
        capture_output=True,
    )
    return [folder / f"{file.stem}.pdf" for file in files]


def picture(pdf: Path, to: Path, *, dots: int = 60) -> None:
    """Draw the first page of a PDF file as PNG."""
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dots), "-f", "1", "-l", "1", "-singlefile", pdf, to.with_suffix("")],
        check=True,
        timeout=LONGEST,
    )


def draw(folder: Path) -> None:
    """Draw the first page of every office document in a folder, into previews/ below it."""
    files = sorted(file for file in folder.iterdir() if file.suffix in OFFICE)
    if not files or not can_open():
        return
    (folder / "previews").mkdir(exist_ok=True)
    for file in files:
        # Two of the same name, one of them a sheet, would have one PDF.
        with tempfile.TemporaryDirectory() as scratch:
            (pdf,) = as_pdf([file], Path(scratch))
            picture(pdf, folder / "previews" / f"{file.name}.png")
