from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.desk.archive import Archive, Request
from graph.errors import DeskError

NOON = datetime(2026, 11, 23, 12, 0, 0, 500, tzinfo=UTC)
REQUEST = Request("e1", "甲公司", "招投标", "2026-11-23", "a1b2", "default-1", "f" * 64)


def test_numbers_count_on_and_carry_the_day(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    numbers = [archive.issue(replace(REQUEST, uid=f"e{one}"), NOON).number for one in range(3)]

    assert numbers == ["XM-20261123-000001", "XM-20261123-000002", "XM-20261123-000003"]
    archive.close()


def test_the_same_request_keeps_its_number_and_time_and_every_print_is_counted(
    tmp_path: Path,
) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    first = archive.issue(REQUEST, NOON)
    again = archive.issue(REQUEST, NOON + timedelta(hours=1))
    other = archive.issue(replace(REQUEST, applicant="乙局"), NOON)

    assert again == first
    assert other.number != first.number
    assert [(one.issue.number, one.prints) for one in archive.listed()] == [
        ("XM-20261123-000002", 1),
        ("XM-20261123-000001", 2),
    ]
    archive.close()


def test_what_was_issued_is_found_by_its_number_in_a_later_session(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    first = Archive(url)
    number = first.issue(REQUEST, NOON, {"weasyprint": "70.0"}).number
    first.close()

    later = Archive(url)
    found = later.find(number)

    assert found is not None
    assert found.request == REQUEST
    assert found.issue.issued_at == NOON.replace(microsecond=0)
    assert found.versions == {"weasyprint": "70.0"}
    assert later.find("XM-20261123-000009") is None
    later.close()


def test_a_desk_of_an_earlier_form_keeps_its_reports_and_says_that_they_have_no_request(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE reports (id INTEGER PRIMARY KEY, number VARCHAR(32), uid VARCHAR,"
                " name VARCHAR, purpose VARCHAR, as_of VARCHAR, snapshot VARCHAR, policy VARCHAR,"
                " issued_at VARCHAR, content_hash VARCHAR)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO reports VALUES (1, 'XM-20260101-000001', 'e1', '甲公司', '招投标',"
                " '2026-01-01', 'a1', 'p1', '2026-01-01T00:00:00+00:00', 'ff')"
            )
        )
    engine.dispose()

    archive = Archive(url)
    old = archive.find("XM-20260101-000001")
    new = archive.issue(REQUEST, NOON)

    assert old is not None
    assert (old.request, old.name, old.prints) == (None, "甲公司", 0)
    assert new.number == "XM-20261123-000002"
    archive.close()


def test_a_desk_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").write_text(
        "this is no database, it is a text of some length", encoding="utf-8"
    )

    with pytest.raises(DeskError, match=r"desk\.sqlite") as refused:
        Archive(f"sqlite:///{tmp_path / 'desk.sqlite'}")

    # One line, without the statement that was tried.
    assert "\n" not in str(refused.value)
    assert "CREATE" not in str(refused.value)
