"""Hash passwords with Argon2id; several at once would take the memory that the watch needs."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: m=19 MiB, t=2, p=1.
TIMES, MEMORY_KB, LANES = 2, 19 * 1024, 1
AT_ONCE = 4


class Hasher:
    """Hashes and compares; full-width letters of an input method are the plain ones."""

    def __init__(self, *, times: int = TIMES, memory_kb: int = MEMORY_KB) -> None:
        self._argon = PasswordHasher(time_cost=times, memory_cost=memory_kb, parallelism=LANES)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self._argon.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what is kept of a password, in PHC form."""
        with self._room:
            return self._argon.hash(_plain(password))

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one kept; where none is kept, take as long and say no."""
        with self._room:
            try:
                return self._argon.verify(kept or self._nobodys, _plain(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
