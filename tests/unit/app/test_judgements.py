"""The desk keeps judgements, refuses contradictions with their chain, and forgets nothing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.desk.agreement import figures
from app.desk.exchange import write_judgements
from app.desk.judgements import Judgements
from app.desk.verdicts import Entry, effective, verdicts
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
    with pytest.raises(DeskError, match=r"no\. 1: A is B \(张三, t\); no\. 2: B is C \(张三, t\)"):
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


def by(author: str, decision: str = "same", pair: tuple[str, str] = ("a", "b")) -> Entry:
    return replace(entry(*pair, decision), author=author)


def test_where_two_must_agree_one_waits_and_two_that_differ_are_a_disagreement(
    desk: Judgements,
) -> None:
    def states(persons: int) -> list[tuple[str, str]]:
        return [(one.state, one.decision) for one in verdicts(desk.standing(), persons)]

    desk.decide(by("张三"), desk.standing(), 2)
    assert (states(2), states(1)) == ([("waiting", "same")], [("effective", "same")])
    assert effective(desk.standing(), 2) == ()
    desk.decide(by("张三 "), desk.standing(), 2)
    assert states(2) == [("waiting", "same")], "one person twice is one person"

    other = desk.decide(by("李四", "different"), desk.standing(), 2)
    assert states(2) == [("disputed", "unsure")]
    assert effective(desk.standing(), 1) == ()
    desk.undo(other.id, author="李四", now=NOW)
    desk.decide(by("李四"), desk.standing(), 2)
    assert [said.id for said in effective(desk.standing(), 2)] == [2]


def test_one_persons_judgements_never_contradict_each_other(desk: Judgements) -> None:
    desk.decide(by("张三"), desk.standing(), 2)
    with pytest.raises(DeskError, match=r"no\. 1"):
        desk.decide(by("张三", "different"), desk.standing(), 2)
    with pytest.raises(DeskError, match=r"no\. 1"):
        desk.decide(by("李四", "different"), desk.standing(), 1)
    blind = desk.decide(replace(by("李四", "different"), blind=True), desk.standing(), 1)
    assert (blind.blind, effective(desk.standing(), 1)) == (True, ())


def test_a_second_opinion_stands_under_the_first_ones_uids_whatever_they_are_today(
    desk: Judgements,
) -> None:
    desk.decide(by("张三"), desk.standing(), 2)
    grown = [replace(said, one="a2") for said in desk.standing()]

    second = desk.decide(by("李四", pair=("a2", "b")), grown, 2)

    assert (second.one, second.other) == ("a", "b")
    assert len(effective(desk.standing(), 2)) == 1


def test_agreement_is_counted_beside_what_chance_would_give(desk: Judgements) -> None:
    # Of 50 pairs both say same of 20, different of 15: Cohen's kappa is .4.
    table = [("same", "same")] * 20 + [("same", "different")] * 5
    table += [("different", "same")] * 10 + [("different", "different")] * 15
    for number, decisions in enumerate(table):
        pair = (f"x{number}", f"y{number}")
        for author, decision in zip(("张三", "李四"), decisions, strict=True):
            said = replace(by(author, decision, pair), blind=True, score=0.85)
            desk.decide(said, [one for one in desk.standing() if one.one == pair[0]], 2)

    found = figures(desk.standing())

    (both,) = found.agreements
    assert (both.pairs, both.alike, both.raw) == (50, 35, 0.7)
    assert both.kappa == pytest.approx(0.4)
    tiers = {tier.least: (tier.same, tier.different, tier.unsure) for tier in found.tiers}
    assert tiers[0.8] == (55, 45, 0)
    assert sum(map(sum, tiers.values())) == found.blind == 100
    assert figures([]).agreements == ()


def test_what_the_same_person_said_later_takes_the_place_of_what_they_said_before(
    desk: Judgements,
) -> None:
    for decision in ("unsure", "same", "same"):
        said = replace(by("张三", decision), blind=True, score=0.95)
        desk.decide(said, desk.standing(), 1)

    found = figures(desk.standing())

    assert (found.judgements, found.blind) == (1, 1)
    assert found.by_decision == {"same": 1, "different": 0, "unsure": 0}
    assert (found.tiers[0].same, found.tiers[0].unsure) == (1, 0)


def test_kappa_is_not_told_where_chance_alone_agrees(desk: Judgements) -> None:
    for author in ("张三", "李四"):
        desk.decide(by(author), desk.standing(), 2)

    (both,) = figures(desk.standing()).agreements

    assert (both.raw, both.kappa) == (1.0, None)


def test_a_desk_of_an_earlier_form_keeps_what_was_judged_and_what_was_taken_back(
    tmp_path: Path,
) -> None:
    with sqlite3.connect(tmp_path / "desk.sqlite") as old:
        old.execute(
            "CREATE TABLE judgements (id INTEGER PRIMARY KEY, one VARCHAR, one_name VARCHAR, other"
            " VARCHAR, other_name VARCHAR, decision VARCHAR, author VARCHAR, reason VARCHAR,"
            " snapshot VARCHAR, made_at VARCHAR, undone_at VARCHAR, undone_by VARCHAR)"
        )
        row = ("a", "A", "b", "B", "same", "张三", "原件", "s", "t")
        for number, back in ((1, ("t2", "李四")), (2, (None, None))):
            places = ",".join("?" * 12)
            old.execute(f"INSERT INTO judgements VALUES ({places})", (number, *row, *back))  # noqa: S608
    old.close()
    for _ in range(2):
        judgements = Judgements(f"sqlite:///{tmp_path / 'desk.sqlite'}")
        assert [said.undone_by for said in judgements.listed()] == ["李四", None]
        assert [said.blind for said in judgements.standing()] == [False]
        judgements.close()


def test_words_longer_than_the_desk_keeps_are_refused_not_cut(desk: Judgements) -> None:
    with pytest.raises(DeskError, match="1000 characters"):
        decide(desk, entry("a", "b", reason="因" * 10_000))
    assert desk.listed() == ()


def test_a_folder_is_refused_as_the_file_of_judgements_and_named_as_typed(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="cannot be written") as refused:
        write_judgements([], tmp_path)
    assert refused.value.value == str(tmp_path)
