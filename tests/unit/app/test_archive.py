from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.archive import Archive, Request
from graph.errors import DeskError

NOON = datetime(2026, 11, 23, 12, 0, 0, 500, tzinfo=UTC)
REQUEST = Request("e1", "甲公司", "招投标", "2026-11-23", "a1b2", "default-1", "f" * 64)


def test_numbers_count_on_and_carry_the_day(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    numbers = [archive.issue(REQUEST, NOON).number for _ in range(3)]

    assert numbers == ["XM-20261123-000001", "XM-20261123-000002", "XM-20261123-000003"]
    archive.close()


def test_what_was_issued_is_found_by_its_number_in_a_later_session(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    first = Archive(url)
    number = first.issue(REQUEST, NOON).number
    first.close()

    later = Archive(url)
    found = later.find(number)

    assert found is not None
    assert (found.uid, found.purpose, found.content_hash) == ("e1", "招投标", "f" * 64)
    assert later.find("XM-20261123-000009") is None
    later.close()


def test_a_desk_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").write_text(
        "this is no database, it is a text of some length", encoding="utf-8"
    )

    with pytest.raises(DeskError, match=r"desk\.sqlite") as refused:
        Archive(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    # One line, without the statement that was tried.
    assert "\n" not in str(refused.value)
    assert "CREATE" not in str(refused.value)
