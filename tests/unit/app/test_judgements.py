"""The desk keeps judgements, refuses contradictions with their chain, and forgets nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.judgements import Entry, Judgements
from graph.errors import DeskError

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def entry(one: str, other: str, decision: str = "same", reason: str = "核对原件") -> Entry:
    return Entry(0, one, one.upper(), other, other.upper(), decision, "张三", reason, "s", "t")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Judgements]:
    """A desk of its own."""
    judgements = Judgements(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    yield judgements
    judgements.close()


def decide(desk: Judgements, new: Entry) -> Entry:
    return desk.decide(new, desk.standing())


def test_a_judgement_is_kept_and_taken_back_but_never_lost(desk: Judgements) -> None:
    made = decide(desk, entry("a", "b"))
    assert (made.id, desk.standing()) == (1, (made,))

    undone = desk.undo(1, author="李四", now=NOW)
    assert (undone.undone_by, undone.undone_at) == ("李四", "2026-11-24T09:00:00+00:00")
    assert desk.standing() == ()
    assert desk.listed() == (undone,)
    with pytest.raises(DeskError, match="taken back"):
        desk.undo(1, author="李四", now=NOW)
    with pytest.raises(DeskError, match="unknown"):
        desk.undo(9, author="李四", now=NOW)


def test_a_contradiction_is_refused_with_the_chain_that_denies_it(desk: Judgements) -> None:
    decide(desk, entry("a", "b"))
    decide(desk, entry("b", "c"))
    with pytest.raises(DeskError, match=r"no\. 1: A is B; no\. 2: B is C"):
        decide(desk, entry("a", "c", "different"))
    decide(desk, entry("c", "d", "different"))
    with pytest.raises(DeskError, match=r"no\. 3: C is not D"):
        decide(desk, entry("a", "d"))
    decide(desk, entry("a", "d", "unsure"))

    desk.undo(2, author="李四", now=NOW)
    assert decide(desk, entry("a", "d")).decision == "same"


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        (entry("a", "b", "maybe"), "same, different, unsure"),
        (entry("a", "b", reason=" "), "reason"),
        (replace(entry("a", "b"), author=""), "author"),
        (entry("a", "a"), "one party"),
    ],
)
def test_what_is_no_judgement_is_refused(desk: Judgements, new: Entry, rule: str) -> None:
    with pytest.raises(DeskError, match=rule):
        decide(desk, new)
    assert desk.listed() == ()
