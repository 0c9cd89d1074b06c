"""Files of issued reports: found where they are, offered only as they were written."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from app.desk.archive import Archive, Request
from app.reports.kept import kept
from app.workspace import Workspace

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ASKED = Request("e1", "甲公司", "招投标", "2026-11-23", "a1b2", "default-1", "0" * 64)


def test_a_file_is_offered_as_long_as_it_is_the_one_that_was_written(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    archive = Archive(f"sqlite:///{workspace.desk}")
    number = archive.issue(ASKED, NOW).number
    archive.wrote(number, {"json": hashlib.sha256(b"{}").hexdigest()})
    archive.close()
    place = tmp_path / "jobs" / "0001" / "result"
    place.mkdir(parents=True)
    written = place / f"{number}.json"
    written.write_bytes(b"{}")
    annex = place / f"{number}.certificate.json"
    annex.write_bytes(b"[]")

    before = kept(workspace, number)
    written.write_bytes(b"{ }")

    assert before == [annex, written]
    assert kept(workspace, number) == []
    assert kept(workspace, "XM-20261123-000099") == []
