"""Whatever comes, every reader refuses it as it says or hands on something sound, within a second and 100 MB."""

import random
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.grammar import INPUTS
from tests.fuzz.limits import run
from tests.fuzz.mutate import LONGEST, mutated
from tests.fuzz.one import fuzz
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

MUTATIONS = 60


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_starts_from_is_read(name: str) -> None:
    for seed in SEEDS[name]:
        assert run(name, seed).excess == ""


@pytest.mark.parametrize("name", TARGETS)
def test_what_follows_the_grammar_or_nearly_is_read_or_refused(name: str) -> None:
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(body=INPUTS[name])
    def reads(body: bytes) -> None:
        assert run(name, body).excess == ""

    reads()


@pytest.mark.parametrize("name", TARGETS)
def test_broken_inputs_are_read_or_refused(name: str) -> None:
    rng = random.Random(name)
    seeds = SEEDS[name]
    for _ in range(MUTATIONS):
        body = mutated(rng.choice(seeds), rng, seeds)
        assert run(name, body).excess == "", body[:500]


@given(body=st.binary(max_size=500), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_a_seed_makes_the_same_inputs_again(body: bytes, seed: int) -> None:
    first, second = (mutated(body, random.Random(seed), SEEDS["feed"]) for _ in range(2))
    assert first == second
    assert len(first) <= LONGEST


def test_what_breaks_a_reader_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(body: bytes) -> None:
        if b"]]>" in body:
            raise KeyError("x")

    monkeypatch.setattr("tests.fuzz.limits.TARGETS", {"date": fragile})
    runs, found = fuzz("date", 2, tmp_path, seed=1)
    assert runs > 50
    (kept,) = found.values()
    assert b"]]>" in kept.read_bytes()


def test_only_what_a_target_works_itself_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def work(seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until and not ended.is_set():
            pass

    other = threading.Thread(target=work, args=(30,))
    monkeypatch.setattr("tests.fuzz.limits.MOST_SECONDS", 0.3)
    monkeypatch.setattr("tests.fuzz.limits.TARGETS", {"idle": lambda _: time.sleep(0.6), "busy": lambda _: work(0.4)})
    other.start()
    try:
        assert run("idle", b"").excess == ""
        assert run("busy", b"").excess.endswith(" s")
    finally:
        ended.set()
        other.join()
