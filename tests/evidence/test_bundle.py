"""Exported evidence is examined by openssl and sha256sum alone, by warcio's own check, and by our program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.evidence.examined import Fault
from monitor.loops.evidence.stamp import OutsideStamps
from monitor.store import evidence_views
from monitor.store.database import Database
from responders.evidence.bundle import BundleExists, NotABundle, examine, examine_files, files_of, write
from tests.crawl.site import Asked, Reply
from tests.evidence.openssl import OutsideAuthority, outside_authority, verified
from tests.evidence.web import BODY, DAY, Bureau, bureau_at_work, page

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> OutsideAuthority:
    return outside_authority(tmp_path_factory.mktemp("tsa") / "outside")


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    with bureau_at_work(database) as bureau:
        yield bureau


def kept(bureau: Bureau) -> list[evidence_views.Kept]:
    with bureau.station.database.read() as connection:
        return evidence_views.kept(connection, 1)


def two_looks(bureau: Bureau) -> list[evidence_views.Kept]:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.publish(page(BODY + "<p>续报：伤员均已得到救治。</p>"))
    bureau.wait(DAY + 15 * MINUTE)
    return kept(bureau)


def test_anybody_can_examine_a_bundle(bureau: Bureau, tmp_path: Path) -> None:
    looks = two_looks(bureau)
    assert len(looks) == 3
    folder = tmp_path / "evidence-1"
    assert write(looks, folder) == 3 * 4 + 1
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert sums.returncode == 0, sums.stdout
    for look in ("0001", "0002", "0003"):
        assert verified(folder / look / "manifest.json", folder / look / "internal.tsr", folder / look / "internal.pem")
        check = [sys.executable, "-m", "warcio.cli", "check", str(folder / look / "page.warc.gz")]
        assert subprocess.run(check, capture_output=True, text=True, check=False).returncode == 0
    found = examine(folder)
    assert found.good, found.flaws
    assert [(stamp[:2], stamp[3]) for stamp in found.stamps] == [((f"000{n}", "internal"), True) for n in (1, 2, 3)]
    with pytest.raises(BundleExists):
        write(looks, folder)


def test_one_changed_byte_of_any_file_is_found(bureau: Bureau, tmp_path: Path) -> None:
    files = files_of(two_looks(bureau))
    assert examine_files(files).good
    for name, data in files.items():
        for place in (0, len(data) // 2, len(data) - 1):
            forged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            assert not examine_files({**files, name: forged}).good, (name, place)
        assert not examine_files({other: files[other] for other in files if other != name}).good, name
    (tmp_path / "m").write_bytes(files["0001/manifest.json"].replace(b"HTTP", b"HTTP") + b" ")
    (tmp_path / "t").write_bytes(files["0001/internal.tsr"])
    (tmp_path / "r").write_bytes(files["0001/internal.pem"])
    assert not verified(tmp_path / "m", tmp_path / "t", tmp_path / "r"), "openssl finds it too"


def test_a_look_that_was_taken_out_is_missed(bureau: Bureau) -> None:
    looks = two_looks(bureau)
    without = examine_files(files_of([looks[0], looks[2]]))
    assert {flaw.fault for flaw in without.flaws} == {Fault.MANIFEST}
    exchanged = [looks[0], evidence_views.Kept(2, b"", looks[1].manifest, looks[2].stamps), looks[2]]
    faults = {flaw.fault for flaw in examine_files(files_of(exchanged)).flaws}
    assert faults == {Fault.ABSENT, Fault.STAMP}


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotABundle):
        examine(tmp_path)
    (tmp_path / "SHA256SUMS").write_text("")
    (tmp_path / "0001").symlink_to("/etc")
    with pytest.raises(NotABundle):
        examine(tmp_path)


def stamping(bureau: Bureau, outside: OutsideAuthority) -> OutsideStamps:
    def tsr(asked: Asked) -> Reply:
        assert asked.headers["content-type"] == "application/timestamp-query"
        return Reply(outside.reply(asked.body), 200, {"Content-Type": "application/timestamp-reply"})

    bureau.outside = True
    bureau.site.pages["/tsr"] = tsr
    station = bureau.station
    return OutsideStamps(station.database, bureau.gate, bureau.site.url + "/tsr", (outside.root,), station.clock)


def test_an_outside_authority_adds_its_stamp(bureau: Bureau, outside: OutsideAuthority, tmp_path: Path) -> None:
    leg = stamping(bureau, outside)
    bureau.publish()
    bureau.respond()
    bureau.tick()
    assert leg.tick(bureau.now) == 1
    assert leg.tick(bureau.now) == 0
    stamps = bureau.evidence().captures[0].stamps
    assert [(stamp.internal, stamp.examinable) for stamp in stamps] == [(True, True), (False, True)]
    folder = tmp_path / "evidence"
    write(kept(bureau), folder)
    manifest, token = folder / "0001" / "manifest.json", folder / "0001" / "outside.tsr"
    assert verified(manifest, token, outside.folder / "root.pem")
    assert not verified(manifest, token, folder / "0001" / "internal.pem")
    assert examine(folder, [outside.root]).good
    strange = (folder / "0001" / "internal.pem").read_text()
    assert [flaw.fault for flaw in examine(folder, [strange]).flaws] == [Fault.STAMP]


def test_an_authority_that_fails_is_asked_again_and_told(bureau: Bureau, outside: OutsideAuthority) -> None:
    leg = stamping(bureau, outside)
    good = bureau.site.pages["/tsr"]
    bureau.site.pages["/tsr"] = Reply(b"no", 500)
    bureau.publish()
    bureau.respond()
    bureau.tick()
    for span in (0, 1, 10, 60):
        bureau.station.clock.now += span * MINUTE
        assert leg.tick(bureau.now) == 0
    assert bureau.points() == ["not_stamped"]
    assert "HTTP 500" in bureau.evidence().captures[0].outside_said
    bureau.site.pages["/tsr"] = good
    bureau.station.clock.now += DAY
    assert leg.tick(bureau.now) == 1
    assert bureau.evidence().captures[0].outside_said == ""


@pytest.mark.parametrize("how", ["another's", "old", "noise", "unknown root"])
def test_a_stamp_that_is_not_for_us_is_not_taken(bureau: Bureau, outside: OutsideAuthority, how: str) -> None:
    leg = stamping(bureau, outside)
    honest = bureau.site.pages["/tsr"]
    assert callable(honest)
    old: list[bytes] = []

    def tsr(asked: Asked) -> Reply:
        body = asked.body
        if how == "another's":
            # The imprint stands at a fixed place in front of the nonce.
            at = body.index(b"\x04\x20") + 2
            body = body[:at] + bytes(32) + body[at + 32 :]
        answer = honest(Asked(asked.method, asked.path, asked.headers, body))
        old.append(answer.body)
        return Reply(old[0] if how == "old" else b"\x30\x03" if how == "noise" else answer.body, 200)

    bureau.site.pages["/tsr"] = tsr
    bureau.publish()
    bureau.respond()
    bureau.tick()
    if how == "old":
        assert leg.tick(bureau.now) == 1
        bureau.wait(DAY)
    if how == "unknown root":
        internal = kept(bureau)[0].stamps[0][2]
        leg = OutsideStamps(leg.database, leg.gate, leg.url, (internal,), leg.clock)
    assert leg.tick(bureau.now) == 0
    assert bureau.evidence().captures[-1].outside_said
