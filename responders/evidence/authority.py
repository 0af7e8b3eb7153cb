"""The bureau's own time stamping authority: for offices whose network reaches none.

It shows that what was kept was not altered since, to whoever trusts the bureau's clock and key; it is no third party,
and is called internal wherever it is named. The key of its root signs one certificate and is then thrown away.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from responders.evidence.der import a_set, explicit, integer, octets, oid, sequence, time

YEARS = timedelta(days=30 * 365)
# An arc of its own out of a random UUID (X.667), which needs nobody's registration.
POLICY = "2.25.143076628833274584209032646083490755378"
INTERNAL = "Huiying internal time stamping authority"
SHA256 = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificates and the key of an authority, in PEM."""

    root: str
    certificate: str
    key: str

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the root certificate, by which it is told from others."""
        return hashlib.sha256(_der(_loaded(self.root))).hexdigest()


def made(now: datetime, bureau: str) -> Authority:
    """Make a new authority of the bureau, valid for thirty years."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(f"{INTERNAL}, root", bureau), _name(INTERNAL, bureau)
    root = (
        _builder(root_name, root_name, root_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    certificate = (
        _builder(name, root_name, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(above, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(_pem(root), _pem(certificate), private.decode("ascii"))


def stamped(authority: Authority, digest: bytes, now: datetime, serial: int) -> bytes:
    """Return the time stamp response (RFC 3161) over a SHA-256 digest, as of `now`, with its certificate in it."""
    certificate = _loaded(authority.certificate)
    key = serialization.load_pem_private_key(authority.key.encode("ascii"), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    algorithm = sequence(oid(SHA256))
    imprint = sequence(algorithm, octets(digest))
    info = sequence(integer(1), oid(POLICY), imprint, integer(serial), time(now))
    attributes = (
        sequence(oid(CONTENT_TYPE), a_set(oid(TST_INFO))),
        sequence(oid(MESSAGE_DIGEST), a_set(octets(hashlib.sha256(info).digest()))),
        sequence(oid(SIGNING_CERTIFICATE), a_set(_named(certificate))),
    )
    signed = a_set(*attributes)
    signer = sequence(
        integer(1),
        sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number)),
        algorithm,
        explicit(0, b"".join(sorted(attributes))),
        sequence(oid(ECDSA_SHA256)),
        octets(key.sign(signed, ec.ECDSA(hashes.SHA256()))),
    )
    data = sequence(
        integer(3),
        a_set(algorithm),
        sequence(oid(TST_INFO), explicit(0, octets(info))),
        explicit(0, _der(certificate)),
        a_set(signer),
    )
    return sequence(sequence(integer(0)), sequence(oid(SIGNED_DATA), explicit(0, data)))


def _named(certificate: x509.Certificate) -> bytes:
    """Return the attribute that ties the signature to this certificate (RFC 5035, with SHA-256 as it is by default)."""
    return sequence(sequence(sequence(octets(hashlib.sha256(_der(certificate)).digest()))))


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is set back a little must not make the first stamps worthless.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str, bureau: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    # X.520 has room for 64 characters.
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, bureau[:64]), *parts] if bureau.strip() else parts)


def _loaded(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode("ascii"))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
