"""The openssl command as an independent judge of time stamps, and as an authority of its own. Nothing of ours in it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
[ tsa ]
default_tsa = outside
[ outside ]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
certs = {folder}/root.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[ ca ]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[ signer ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ req ]
distinguished_name = dn
[ dn ]
"""


def openssl(*words: object, code: int = 0) -> str:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def verified(manifest: Path, token: Path, roots: Path) -> bool:
    """Return what the command of docs/evidence.md says of a stamp."""
    words = ["openssl", "ts", "-verify", "-data", str(manifest), "-in", str(token), "-CAfile", str(roots)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0 and "Verification: OK" in done.stdout


@dataclass(frozen=True, slots=True)
class OutsideAuthority:
    """An authority made and run by openssl alone."""

    folder: Path

    @property
    def root(self) -> str:
        return (self.folder / "root.pem").read_text()

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        words = ("-queryfile", self.folder / "query.tsq", "-config", self.folder / "tsa.cnf")
        openssl("ts", "-reply", *words, "-out", self.folder / "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()


def outside_authority(folder: Path) -> OutsideAuthority:
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name, subject in (("root", "/CN=Outside root"), ("signer", "/CN=Outside signer")):
        openssl("genrsa", "-out", folder / f"{name}.key", "2048")
        openssl(
            "req", "-new", "-key", folder / f"{name}.key", "-subj", subject, "-config", folder / "tsa.cnf",
            "-out", folder / f"{name}.csr",
        )  # fmt: skip
    signed = ("-days", 3650, "-extfile", folder / "tsa.cnf")
    openssl(
        "x509", "-req", "-in", folder / "root.csr", "-signkey", folder / "root.key", "-extensions", "ca", *signed,
        "-out", folder / "root.pem",
    )  # fmt: skip
    openssl(
        "x509", "-req", "-in", folder / "signer.csr", "-CA", folder / "root.pem", "-CAkey", folder / "root.key",
        "-CAcreateserial", "-extensions", "signer", *signed, "-out", folder / "signer.pem",
    )  # fmt: skip
    return OutsideAuthority(folder)
