"""The certificate of a deadline: what the log says of it, and the proof that the log said so under a known head.

It is a plain JSON value. The account in it is played back from its own rows; the rows stand in the chain under the
head; and the last of the rows is the issue itself, which fixes everything else that is written in it. So no field can
be changed alone. Somebody who makes all of it anew ends at another head than the one that a briefing printed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from monitor.core.audit.account import account_of
from monitor.core.audit.chain import AuditRow, Head, Link, SealedRow, digest_of, proven, way
from monitor.core.audit.checking import BadHead, read_head

FORM = "huiying-certificate-1"
ISSUED = "certificate.issued"
# What the row of the issue fixes by its digest; the rest is fixed by the chain.
FIXED = ("form", "deadline", "issued", "rule", "incident", "account", "anchors")
PARTS = frozenset({*FIXED, "rows", "links", "head"})
ROW_FIELDS = frozenset({"seq", "at", "kind", "matter_id", "subject", "text"})
LINK_FIELDS = frozenset({"seq", "digest", "before", "earlier"})

HASH = re.compile("[0-9a-f]{64}")

Certificate = Mapping[str, Any]


class Flaw(StrEnum):
    """What is wrong with a certificate; each has a sentence in the documents."""

    FORM = "form"
    ROW = "row"
    BODY = "body"
    ACCOUNT = "account"
    ANCHOR = "anchor"
    HEAD = "head"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw; `what` names the row, part or head."""

    flaw: Flaw
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What an examination found. `confirmed` are the heads from outside under which rows were proven."""

    findings: tuple[Finding, ...]
    head: Head | None = None
    confirmed: tuple[Head, ...] = ()
    rows: int = 0
    rows_confirmed: int = 0

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings


def body_digest(certificate: Certificate) -> str:
    """Return the SHA-256 of everything that is not in the chain, written as JSON with sorted keys."""
    fixed = {name: certificate[name] for name in FIXED}
    written = json.dumps(fixed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def needed(head: Head, rows: Collection[int], anchors: Iterable[Head]) -> list[int]:
    """Return the rows whose links prove `rows` and `anchors` under `head`, and each row under the anchor after it."""
    ladder = sorted({head.seq, *(anchor.seq for anchor in anchors if anchor.seq <= head.seq)})
    found: set[int] = set()
    for low, high in pairwise(ladder):
        found.update(way(high, low))
    for seq in rows:
        found.update(way(next(rung for rung in ladder if rung >= seq), seq))
    return sorted(found)


def assembled(fixed: Mapping[str, Any], rows: Iterable[SealedRow], links: Iterable[Link], head: Head) -> dict[str, Any]:
    """Return the certificate; `fixed` are the parts named in FIXED."""
    return {
        **fixed,
        "rows": [
            {
                "seq": sealed.seq,
                "at": sealed.row.at.isoformat(),
                "kind": sealed.row.kind,
                "matter_id": sealed.row.matter_id,
                "subject": sealed.row.subject,
                "text": sealed.row.text,
            }
            for sealed in rows
        ],
        "links": [asdict(link) for link in links],
        "head": str(head),
    }


def examined(certificate: Any, heads: Collection[Head] = ()) -> Verified:
    """Examine a certificate by itself; `heads` were copied from briefings. Needs nothing but the file."""
    try:
        _check_form(certificate)
        rows = {int(row["seq"]): _row(row) for row in certificate["rows"]}
        links = {int(link["seq"]): Link(**link) for link in certificate["links"]}
        head = read_head(certificate["head"])
        _check_writing(certificate, rows, links, head)
        under = proven(head, links.values())
        findings = [
            *_row_findings(rows, links, under, len(certificate["rows"])),
            *_body_findings(certificate, rows),
            *_anchor_findings(certificate, links, under),
        ]
    except (BadHead, KeyError, TypeError, ValueError, AttributeError) as error:
        return Verified((Finding(Flaw.FORM, f"{type(error).__name__}: {error}"),))
    confirmed: list[Head] = []
    for outside in heads:
        finding = _compared(outside, links, under)
        if finding is not None:
            findings.append(finding)
        else:
            confirmed.append(outside)
    below: frozenset[int] = frozenset()
    for outside in confirmed:
        below |= proven(Head(outside.seq, links[outside.seq].hash), links.values())
    return Verified(tuple(findings), head, tuple(confirmed), len(rows), len(below & rows.keys()))


def _check_form(certificate: Any) -> None:
    """Refuse what has other parts than a certificate: an added one would be proven by nothing."""
    if not isinstance(certificate, dict) or certificate.get("form") != FORM:
        raise ValueError(FORM)
    if certificate.keys() != PARTS:
        raise ValueError(", ".join(sorted(certificate.keys() ^ PARTS)))
    for name, fields in (("rows", ROW_FIELDS), ("links", LINK_FIELDS)):
        if any(entry.keys() != fields for entry in certificate[name]):
            raise ValueError(name)


def _check_writing(
    certificate: Certificate, rows: Mapping[int, AuditRow], links: Mapping[int, Link], head: Head
) -> None:
    """Refuse what says the same in other characters: a seal proves what is written, in the one way that we write it."""
    if not all(isinstance(row.matter_id, int | None) for row in rows.values()):
        raise ValueError("matter_id")
    if not all(HASH.fullmatch(said) for link in links.values() for said in (link.digest, link.before, link.earlier)):
        raise ValueError("links")
    sealed = [SealedRow(seq, "", row) for seq, row in sorted(rows.items())]
    fixed = {name: certificate[name] for name in FIXED}
    ours = assembled(fixed, sealed, (replace(link, seq=seq) for seq, link in sorted(links.items())), head)
    for name in sorted(PARTS - set(FIXED)):
        if json.dumps(ours[name], sort_keys=True) != json.dumps(certificate[name], sort_keys=True):
            raise ValueError(name)


def _row(row: Mapping[str, Any]) -> AuditRow:
    at = datetime.fromisoformat(row["at"])
    if at.isoformat() != row["at"]:
        raise ValueError(row["at"])
    return AuditRow(at=at, kind=row["kind"], matter_id=row["matter_id"], subject=row["subject"], text=row["text"])


def _row_findings(
    rows: Mapping[int, AuditRow], links: Mapping[int, Link], under: Collection[int], told: int
) -> list[Finding]:
    """Find the rows that are not as they were sealed, and the links that nothing leads to."""
    found = [Finding(Flaw.ROW, str(seq)) for seq in sorted(links.keys() | rows.keys()) if seq not in under]
    for seq, row in sorted(rows.items()):
        if seq in under and digest_of(row) != links[seq].digest:
            found.append(Finding(Flaw.ROW, str(seq)))
    return found if told == len(rows) else [*found, Finding(Flaw.FORM, "rows")]


def _body_findings(certificate: Certificate, rows: Mapping[int, AuditRow]) -> list[Finding]:
    """Compare what is written with the row of the issue, and the account with its own rows."""
    subject = f"deadline:{certificate['deadline']}"
    issues = [row for row in rows.values() if row.kind == ISSUED and row.subject == subject]
    digests = {json.loads(row.text).get("digest") for row in issues}
    found = [] if body_digest(certificate) in digests else [Finding(Flaw.BODY, ", ".join(FIXED))]
    ordered = [row for _, row in sorted(rows.items())]
    account = account_of(ordered, int(certificate["deadline"]))
    told = certificate["account"]
    return found + [
        Finding(Flaw.ACCOUNT, name)
        for name in sorted(account.keys() | told.keys())
        if account.get(name) != told.get(name)
    ]


def _anchor_findings(certificate: Certificate, links: Mapping[int, Link], under: Collection[int]) -> list[Finding]:
    found = []
    for anchor in certificate["anchors"]:
        head = read_head(anchor["head"])
        if head.seq not in under or links[head.seq].hash != head.hash:
            found.append(Finding(Flaw.ANCHOR, str(head)))
    return found


def _compared(outside: Head, links: Mapping[int, Link], under: Collection[int]) -> Finding | None:
    """Compare a head from outside with the row of the same number, if the certificate has it."""
    if outside.seq not in under:
        return Finding(Flaw.NOT_COMPARABLE, str(outside))
    same = links[outside.seq].hash.startswith(outside.hash)
    return None if same else Finding(Flaw.HEAD, str(outside))
