"""Time stamps (RFC 3161): ask an outside authority through the gate, read a stamp, examine it against roots."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from monitor.gate import Gate, GateFailure
from responders.evidence.der import in_order

LARGEST = 100_000
GRANTED = (0, 1)
_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class NotStamped(Exception):
    """An authority gave no stamp that can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp response in DER, with what it says: when, and its number."""

    token: bytes
    at: datetime
    serial: int

    @property
    def digest(self) -> str:
        """The SHA-256 of the response."""
        return hashlib.sha256(self.token).hexdigest()


def read(token: bytes, data: bytes) -> Stamp:
    """Return the stamp in a response; raise NotStamped where it is none over the SHA-256 of `data`."""
    try:
        response = decode_timestamp_response(in_order(token))
        if response.status not in GRANTED:
            raise NotStamped(f"status {response.status}")
        info = response.tst_info
        if info.message_imprint.message != hashlib.sha256(data).digest():
            raise NotStamped("another imprint")
        return Stamp(token, info.gen_time, info.serial_number)
    except ValueError as error:
        raise NotStamped(str(error)[:200]) from None


def asked(gate: Gate, url: str, data: bytes, roots: Sequence[str]) -> Stamp:
    """Ask the authority at `url` for a stamp over `data`; raise NotStamped.

    The answer must bear our nonce, and, where `roots` are given as PEM, lead to one of them.
    """
    request = TimestampRequestBuilder(data=data, hash_algorithm=HashAlgorithm.SHA256).build()
    headers = {"accept": "application/timestamp-reply"}
    try:
        answer = gate.post(
            url,
            request.as_bytes(),
            content_type="application/timestamp-query",
            headers=headers,
            longest_body=LARGEST,
        )
    except GateFailure as failure:
        raise NotStamped(str(failure)[:200]) from None
    if answer.status != 200 or answer.cut:
        raise NotStamped(f"HTTP {answer.status}")
    stamp = read(answer.body, data)
    if decode_timestamp_response(in_order(answer.body)).tst_info.nonce != request.nonce:
        raise NotStamped("another nonce")
    if roots and (why := flaw(answer.body, data, roots)):
        raise NotStamped(why)
    return stamp


def flaw(token: bytes, data: bytes, roots: Sequence[str]) -> str:
    """Return what is wrong with a stamp over `data` by the trust in `roots` (PEM), or ""."""
    builder = VerifierBuilder()
    try:
        for pem in roots:
            builder = builder.add_root_certificate(x509.load_pem_x509_certificate(pem.encode("ascii")))
        response: TimeStampResponse = decode_timestamp_response(in_order(token))
        builder.build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        return str(error)[:200] or type(error).__name__
    return ""


def certificates_in(pem: str) -> list[str]:
    """Return the certificates that a PEM file holds, one by one; raise ValueError where one cannot be read."""
    found = [match[0] + "\n" for match in _PEM.finditer(pem)]
    for one in found:
        x509.load_pem_x509_certificate(one.encode("ascii", "replace"))
    return found
