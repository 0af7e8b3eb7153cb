"""Fuzz one target guided by coverage, with atheris (pip install --group fuzz).

python -m tests.fuzz.guided TARGET SECONDS FOLDER    ends at the first input that breaks the target, and keeps it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["monitor", "feedparser"]):
    from tests.fuzz.limits import MOST_SECONDS, run
    from tests.fuzz.mutate import LONGEST
    from tests.fuzz.seeds import SEEDS, WORDS

# Instrumented code runs this much slower.
SLOWDOWN = 4


class TooCostly(Exception):
    """An input takes more time than anything may."""


def main() -> None:
    """Fuzz the target that is named."""
    name, seconds, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    corpus = folder / f"corpus-{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / "words"
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in WORDS))

    def once(body: bytes) -> None:
        cost = run(name, body)
        if cost.seconds > MOST_SECONDS * SLOWDOWN:
            raise TooCostly(f"{cost.seconds:.2f} s")

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-timeout=20",
        "-rss_limit_mb=1024",
        f"-dict={words}",
    ]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={folder}/{name}-", *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
