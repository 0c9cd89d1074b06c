"""Decisions on leads: kept, taken back, ended; a dismissed lead returns; precision by pattern."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest

from app.desk.leads import LeadDecision, LeadDecisions, new_decision, precisions, standing, state_of
from graph.analysis.patterns.finding import Finding, Search
from graph.errors import DecidedError, DeskError
from graph.policy.patterns import rule_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RULE = rule_of("circular_ownership")
FINDING = Finding(RULE, ("a", "b"), (), population=9, count=2)
NEW = LeadDecision(
    id=0,
    lead=FINDING.id,
    key=FINDING.key,
    pattern=RULE.code,
    version=RULE.version,
    count=2,
    title="两家企业的持股成环",
    decision="dismiss",
    author="张三",
    reason="上市公司少量互持",
    until="2026-12-31",
    snapshot="s",
    made_at="2026-11-24T09:00:00+00:00",
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[LeadDecisions]:
    """A desk of its own."""
    decisions = LeadDecisions(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    yield decisions
    decisions.close()


def test_a_decision_is_kept_and_taken_back_but_never_lost(kept: LeadDecisions) -> None:
    made = kept.decide(NEW)
    assert made == replace(NEW, id=1)

    back = kept.undo(1, author="李四", now=NOW)

    assert (back.undone_by, back.undone_at) == ("李四", "2026-11-24T09:00:00+00:00")
    assert kept.listed() == (back,)
    assert standing(kept.listed()) == {}
    with pytest.raises(DeskError, match="taken back"):
        kept.undo(1, author="李四", now=NOW)
    with pytest.raises(DeskError, match="unknown"):
        kept.undo(9, author="李四", now=NOW)


def test_against_somebody_else_one_decides_only_having_seen_what_they_decided(
    kept: LeadDecisions,
) -> None:
    other = replace(NEW, decision="confirm", until=None, author="李四", reason="章程已核")
    # Of a lead that got another uid by a merge as well.
    merged = {"a": "a", "old": "b"}
    first = kept.decide(replace(NEW, key=("a", "old")))

    with pytest.raises(DecidedError, match="by 张三 at 2026-11-24T09:00:00") as said:
        kept.decide(other, today=merged.__getitem__)

    assert said.value.value == first.id
    assert "says dismiss" in str(said.value)
    assert "--against 1" in str(said.value)
    assert kept.listed() == (first,)
    # The same said once more is not against it; nor is what one decides oneself later.
    assert kept.decide(replace(NEW, author="李四"), today=lambda uid: merged.get(uid, uid)).id == 2
    assert kept.decide(other, today=lambda uid: merged.get(uid, uid)).id == 3
    assert kept.decide(NEW, seen=3, today=lambda uid: merged.get(uid, uid)).id == 4


def test_of_two_who_decide_otherwise_at_once_one_is_refused(kept: LeadDecisions) -> None:
    both = [NEW, replace(NEW, decision="confirm", until=None, author="李四")]
    start = Barrier(2)

    def decide(new: LeadDecision) -> LeadDecision | DecidedError:
        start.wait()
        try:
            return kept.decide(new)
        except DecidedError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(decide, both))

    assert sorted(isinstance(one, DecidedError) for one in made) == [False, True]
    assert len(kept.listed()) == 1


def test_nobody_takes_nothing_back(kept: LeadDecisions) -> None:
    kept.decide(NEW)

    with pytest.raises(DeskError, match="needs the name of who takes it back"):
        kept.undo(1, author=" ", now=NOW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision": "maybe"}, "must be one of confirm, dismiss"),
        ({"reason": ""}, "needs a reason"),
        ({"author": ""}, "needs a reason and an author"),
        ({"reason": "长" * 1001}, "above 1000 characters"),
        ({"until": "2026-11-23"}, "is past"),
        ({"decision": "confirm"}, "is for a dismissal"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    kept: LeadDecisions, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(DeskError, match=said):
        kept.decide(replace(NEW, **changes))  # type: ignore[arg-type]
    assert kept.listed() == ()


def test_a_dismissed_lead_returns_the_day_after_its_end() -> None:
    assert state_of(FINDING, NEW, date(2026, 12, 31)) == ("dismissed", None)
    assert state_of(FINDING, NEW, date(2027, 1, 1)) == ("returned", "expired")
    assert state_of(FINDING, replace(NEW, until=None), date(2099, 1, 1)) == ("dismissed", None)


def test_a_dismissed_lead_returns_with_a_newer_rule_or_more_evidence() -> None:
    newer = replace(FINDING, rule=replace(RULE, version=RULE.version + 1))
    more = replace(FINDING, count=3)

    assert state_of(newer, NEW, NOW.date()) == ("returned", "new_rule")
    assert state_of(more, NEW, NOW.date()) == ("returned", "more")
    assert newer.id == more.id == FINDING.id


def test_a_decision_follows_its_parties_through_a_merge(kept: LeadDecisions) -> None:
    kept.decide(replace(NEW, key=("a", "old")))

    found = standing(kept.listed(), {"a": "a", "old": "b"}.__getitem__)

    assert list(found) == [FINDING.id]
    assert standing(kept.listed()).keys() != found.keys()


def test_a_desk_of_an_earlier_form_keeps_its_decisions(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    first = LeadDecisions(f"sqlite:///{path}")
    first.decide(NEW)
    first.close()
    with closing(sqlite3.connect(path)) as held:
        held.execute("ALTER TABLE lead_decisions DROP COLUMN key")

    later = LeadDecisions(f"sqlite:///{path}")
    found = standing(later.listed())
    later.close()

    assert found == {FINDING.id: replace(NEW, id=1, key=())}


def test_nobody_s_word_and_a_confirmation_are_told_apart() -> None:
    confirmed = replace(NEW, decision="confirm", until=None)

    assert state_of(FINDING, None, NOW.date()) == ("open", None)
    assert state_of(FINDING, confirmed, date(2099, 1, 1)) == ("confirmed", None)


def test_precision_counts_the_last_word_on_each_lead(kept: LeadDecisions) -> None:
    for lead, decision in (
        ("x-1", "dismiss"),
        ("x-1", "confirm"),
        ("x-2", "confirm"),
        ("x-3", "dismiss"),
    ):
        kept.decide(replace(NEW, lead=lead, key=(lead,), decision=decision, until=None))
    kept.decide(replace(NEW, lead="x-4", key=("x-4",)))
    kept.undo(5, author="李四", now=NOW)

    found = precisions((RULE.code, "shell_change"), kept.listed())

    assert (found[RULE.code].confirmed, found[RULE.code].dismissed) == (2, 1)
    assert found[RULE.code].share == pytest.approx(2 / 3)
    low, high = found[RULE.code].interval or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.208, 0.939)
    assert (found["shell_change"].share, found["shell_change"].interval) == (None, None)


def test_only_a_lead_that_is_there_can_be_decided() -> None:
    found = [Search(searched=1, findings=[FINDING]).answer(RULE, NOW.date(), "s")]
    said = {"title": "", "author": " 张三 ", "reason": " 核对 ", "until": None, "now": NOW}

    made = new_decision(found, FINDING.id, "confirm", **said)  # type: ignore[arg-type]

    assert (made.author, made.reason, made.count, made.snapshot) == ("张三", "核对", 2, "s")
    with pytest.raises(DeskError, match="is not found"):
        new_decision(found, "circular_ownership-0", "confirm", **said)  # type: ignore[arg-type]
