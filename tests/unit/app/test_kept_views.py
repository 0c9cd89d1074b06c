"""Views, drafts and notes on the desk."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.views import View, Views
from graph.errors import DeskError

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    held = Views(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    yield held
    held.close()


def _view(title: str = "甲的关系", view: str = "", **content: object) -> View:
    return View(view, title, None, "s1", "2026-11-23", content, "")


def test_a_view_opens_as_it_was_saved_last_and_every_saving_stays(
    views: Views, tmp_path: Path
) -> None:
    first = views.save(_view(shown=["a"]), NOON)

    views.save(_view("甲的关系（二）", first.id, shown=["a", "b"]), NOON)

    found = views.find(first.id)
    assert found is not None
    assert (found.title, found.content) == ("甲的关系（二）", {"shown": ["a", "b"]})
    assert [one.title for one in views.listed()] == ["甲的关系（二）"]
    rows = sqlite3.connect(tmp_path / "desk.sqlite").execute("SELECT title FROM canvas_views")
    assert [row[0] for row in rows] == ["甲的关系", "甲的关系（二）"]


def test_a_copy_is_a_view_of_its_own(views: Views) -> None:
    first = views.save(_view(), NOON)

    other = views.save(View("", "副本", first.id, "s1", "2026-11-23", {}, ""), NOON)

    assert other.id != first.id
    assert other.copied_from == first.id
    assert [one.id for one in views.listed()] == [other.id, first.id]


def test_a_view_without_title_is_refused_and_an_unknown_one_is_not_there(views: Views) -> None:
    with pytest.raises(DeskError, match="1 to 100 characters"):
        views.save(_view("  "), NOON)
    with pytest.raises(DeskError, match="1 to 100 characters"):
        views.save(_view("长" * 101), NOON)
    assert views.find("nobody") is None


def test_a_draft_is_the_last_one_alone(views: Views) -> None:
    for shown in (["a"], ["a", "b"]):
        views.keep_draft("a", "s1", {"shown": shown, "as_of": "2026-11-23"}, NOON)

    found = views.draft("a")

    assert found is not None
    assert found.content["shown"] == ["a", "b"]
    assert views.draft("b") is None


def test_notes_are_appended_and_never_empty(views: Views) -> None:
    views.note("x1", " 已电话核实 ", "甲", "s1", NOON)
    views.note("x1", "材料在卷", "乙", "s1", NOON)

    assert [(one.note, one.author) for one in views.notes("x1")] == [
        ("已电话核实", "甲"),
        ("材料在卷", "乙"),
    ]
    with pytest.raises(DeskError, match="characters"):
        views.note("x1", " ", "甲", "s1", NOON)
    assert views.notes("x2") == ()
