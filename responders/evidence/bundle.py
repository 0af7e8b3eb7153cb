"""Hand evidence out as files, and examine such files: with our program, or with sha256sum and openssl alone.

DIR/SHA256SUMS                 the digest of every other file
DIR/0001/page.warc.gz          what went over the wire, where a server answered
DIR/0001/manifest.json         what the stamps fix; names the digest of the archive file and of the manifest before
DIR/0001/internal.tsr          our own time stamp over the manifest, internal.pem the certificate to examine it by
DIR/0001/outside.tsr           that of an outside authority, where there is one, and outside.pem
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from monitor.core.errors import N_, Mistake
from monitor.core.evidence.examined import Examined, Fault, Flaw
from monitor.core.evidence.manifest import FORM, digest
from responders.evidence.stamping import NotStamped, certificates_in, flaw, read
from responders.evidence.warc import is_whole, payload_of

SUMS, WARC, MANIFEST = "SHA256SUMS", "page.warc.gz", "manifest.json"
INTERNAL, OUTSIDE = "internal", "outside"
MOST_LOOKS, LARGEST = 2000, 64 * 1024 * 1024
NAMES = (WARC, MANIFEST, *(f"{who}.{end}" for who in (INTERNAL, OUTSIDE) for end in ("tsr", "pem")))
_LOOK = re.compile(r"\d{4}")
_SUM = re.compile(r"([0-9a-f]{64})  ([\w./-]+)")


class BundleExists(Mistake):
    """Evidence is to be written where something is already."""

    message = N_("{name} is there already. Name a folder that is not.")


class NotABundle(Mistake):
    """What is to be examined is no evidence."""

    message = N_("{name} holds no evidence as this program writes it: {why}.")


class Look(Protocol):
    """What is handed out of one look: number, archive file, manifest, and (authority, token, certificates)."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def warc(self) -> bytes: ...  # noqa: D102
    @property
    def manifest(self) -> bytes: ...  # noqa: D102
    @property
    def stamps(self) -> tuple[tuple[str, bytes, str], ...]: ...  # noqa: D102


def files_of(looks: Sequence[Look]) -> dict[str, bytes]:
    """Return all files of a bundle by their name in it."""
    files: dict[str, bytes] = {}
    for look in looks:
        folder = f"{look.number:04d}"
        files[f"{folder}/{MANIFEST}"] = look.manifest
        if look.warc:
            files[f"{folder}/{WARC}"] = look.warc
        for authority, token, roots in look.stamps:
            name = INTERNAL if authority == INTERNAL else OUTSIDE
            files[f"{folder}/{name}.tsr"] = token
            if roots:
                files[f"{folder}/{name}.pem"] = roots.encode("ascii")
    files[SUMS] = _listing(files)
    return files


def _listing(files: Mapping[str, bytes]) -> bytes:
    """Return the list of digests as sha256sum writes it."""
    listed = sorted((name, data) for name, data in files.items() if name != SUMS)
    return "".join(f"{digest(data)}  {name}\n" for name, data in listed).encode("ascii")


def write(looks: Sequence[Look], folder: Path) -> int:
    """Write a bundle into a new folder; return how many files. Raise BundleExists."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise BundleExists(name=folder) from None
    files = files_of(looks)
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return len(files)


def examine(folder: Path, roots: Sequence[str] = ()) -> Examined:
    """Examine a bundle; raise NotABundle. `roots` (PEM) are trusted for outside stamps in place of what lies in it.

    Nothing is asked of the network. What other files the folder holds is named, not read.
    """
    return examine_files(_read(folder), roots)


def examine_files(files: dict[str, bytes], roots: Sequence[str] = ()) -> Examined:
    """Examine the files of a bundle by their name in it."""
    flaws = list(_sums(files))
    looks = sorted({name.partition("/")[0] for name in files if "/" in name})
    stamps: list[tuple[str, str, str, bool]] = []
    before = ""
    for n, look in enumerate(looks, 1):
        manifest = files.get(f"{look}/{MANIFEST}", b"")
        told = _told(manifest)
        if told is None or told["look"].get("number") != n or look != f"{n:04d}":
            flaws.append(Flaw(Fault.MANIFEST, look))
            continue
        if told.get("manifest_before_sha256") != before:
            flaws.append(Flaw(Fault.CHAIN, look))
        before = digest(manifest)
        flaws += _archive(files.get(f"{look}/{WARC}", b""), told, look)
        flaws += _stamps(files, look, manifest, roots, stamps)
    return Examined(tuple(flaws), len(looks), tuple(stamps))


def _told(manifest: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(told, dict) and told.get("form") == FORM and isinstance(told.get("look"), dict)
    return told if whole else None


def _sums(files: dict[str, bytes]) -> Iterator[Flaw]:
    lines = files.get(SUMS, b"").decode("ascii", "replace").splitlines()
    listed = {found[2]: found[1] for line in lines if (found := _SUM.fullmatch(line))}
    for name in sorted(listed.keys() | files.keys() - {SUMS}):
        if name not in files:
            yield Flaw(Fault.ABSENT, name)
        elif name not in listed:
            yield Flaw(Fault.UNLISTED, name)
        elif digest(files[name]) != listed[name]:
            yield Flaw(Fault.SUM, name)
    if files.get(SUMS) != _listing(files):
        yield Flaw(Fault.SUM, SUMS)


def _archive(warc: bytes, told: dict[str, Any], look: str) -> Iterator[Flaw]:
    """Yield what is wrong with an archive file; a look without an answer has none."""
    if not warc:
        if told.get("warc_sha256"):
            yield Flaw(Fault.ABSENT, f"{look}/{WARC}")
        return
    if digest(warc) != told.get("warc_sha256") or not is_whole(warc):
        yield Flaw(Fault.WARC, f"{look}/{WARC}")
    elif told.get("payload_sha256") and not told["look"].get("cut") and _other_payload(warc, told):
        yield Flaw(Fault.PAYLOAD, f"{look}/{WARC}")


def _other_payload(warc: bytes, told: dict[str, Any]) -> bool:
    return bool(digest(payload_of(warc)) != told["payload_sha256"])


def _stamps(
    files: dict[str, bytes],
    look: str,
    manifest: bytes,
    roots: Sequence[str],
    found: list[tuple[str, str, str, bool]],
) -> Iterator[Flaw]:
    any_stamp = False
    for who in (INTERNAL, OUTSIDE):
        name = f"{look}/{who}.tsr"
        if name not in files:
            continue
        any_stamp = True
        try:
            stamp = read(files[name], manifest)
            trusted = _roots(files.get(f"{look}/{who}.pem", b""), roots if who == OUTSIDE else ())
        except (NotStamped, ValueError):
            yield Flaw(Fault.STAMP, name)
            continue
        if trusted and flaw(files[name], manifest, trusted):
            yield Flaw(Fault.STAMP, name)
        else:
            found.append((look, who, stamp.at.isoformat(), bool(trusted)))
    if not any_stamp:
        yield Flaw(Fault.NO_STAMP, look)


def _roots(pem: bytes, given: Sequence[str]) -> Sequence[str]:
    return given or certificates_in(pem.decode("ascii", "replace"))


def _read(folder: Path) -> dict[str, bytes]:
    """Return the files of a bundle; only names that one can have are opened, and no link is followed."""
    try:
        looks = sorted(one for one in folder.iterdir() if _LOOK.fullmatch(one.name) and _is_own(one, directory=True))
        if len(looks) > MOST_LOOKS:
            raise NotABundle(name=folder, why=f"> {MOST_LOOKS}")
        paths = [(f"{look.name}/{name}", look / name) for look in looks for name in NAMES]
        files: dict[str, bytes] = {}
        for name, path in [(SUMS, folder / SUMS), *paths]:
            if not _is_own(path, directory=False):
                continue
            if path.stat().st_size > LARGEST:
                raise NotABundle(name=folder, why=f"{name} > {LARGEST}")
            files[name] = path.read_bytes()
    except OSError as error:
        raise NotABundle(name=folder, why=error.strerror or error) from None
    if SUMS not in files or not looks:
        raise NotABundle(name=folder, why=SUMS)
    return files


def _is_own(path: Path, *, directory: bool) -> bool:
    return not path.is_symlink() and (path.is_dir() if directory else path.is_file())
