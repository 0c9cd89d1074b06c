"""Two people at two desks judge the same pair in the same moment: nothing is lost, one outcome."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from app.bootstrap import Services, open_services
from app.desk.archive import Archive
from app.desk.jobs import Jobs
from app.desk.judgements import Judgements
from app.desk.leads import LeadDecisions
from app.desk.review import Asked, Wanted, review_pairs, states
from app.desk.verdicts import Entry
from app.settings import read_settings
from graph.errors import DeskError, WorkspaceError
from tests.factory import write_small

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# So many pairs, each decided by both at once: whoever is first differs from pair to pair.
PAIRS = 12
Desks = Callable[[int], tuple[Services, Services]]
Outcome = Entry | DeskError


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    """Return two desks on one workspace, in which so many persons must agree."""

    def opened(persons: int) -> tuple[Services, Services]:
        settings = read_settings({"XINMAI_REVIEW_PERSONS": str(persons)}, tmp_path / "w")
        one = open_services(settings, create=True)
        nodes = [
            {"uid": f"{side}{pair:02}", "name": f"深圳市{side}{pair:02}有限公司"}
            for pair in range(PAIRS)
            for side in "ab"
        ]
        snapshot = write_small(one.workspace.snapshots, nodes, [_lead(n) for n in range(PAIRS)])
        one.workspace.set_current(snapshot.id)
        return one, open_services(settings)

    return opened


def _lead(pair: int) -> dict[str, Any]:
    return {
        "type": "POSSIBLY_SAME", "source": f"a{pair:02}", "target": f"b{pair:02}", "kind": "lead",
        "score": 0.9, "evidence": "字号相同", "record_id": "r",
    }  # fmt: skip


def _at_once(
    desks: tuple[Services, Services], asked: Callable[[int], tuple[Asked, Asked]]
) -> Sequence[tuple[Outcome, Outcome]]:
    """Return what became of both judgements on each pair; both begin together."""

    def judge(house: Services, one: Asked, start: Barrier) -> Outcome:
        start.wait()
        try:
            return house.decide(one, NOW)
        except DeskError as error:
            return error

    found = []
    with ThreadPoolExecutor(2) as pool:
        for pair in range(PAIRS):
            start = Barrier(2)
            both = [
                pool.submit(judge, house, one, start)
                for house, one in zip(desks, asked(pair), strict=True)
            ]
            found.append((both[0].result(), both[1].result()))
    return found


def _asked(pair: int, decision: str, author: str) -> Asked:
    return Asked(f"a{pair:02}", f"b{pair:02}", decision, author, "核对原件")


def _states(house: Services) -> list[str]:
    return list(states(house, house.judgements.listed()).values())


def test_two_who_agree_at_once_give_each_pair_effect_once(desks: Desks) -> None:
    both = desks(2)

    made = _at_once(both, lambda n: (_asked(n, "same", "张三"), _asked(n, "same", "李四")))

    numbers = [one.id for pair in made for one in pair if isinstance(one, Entry)]
    assert sorted(numbers) == list(range(1, 2 * PAIRS + 1))
    for house in both:
        assert set(_states(house)) == {"effective"}
        effective = house.pipeline().judgements
        assert sorted((one.one, one.other, one.decision) for one in effective) == [
            (f"a{n:02}", f"b{n:02}", "same") for n in range(PAIRS)
        ]
        assert review_pairs(house, DAY, Wanted()).open == 0


def test_two_who_say_otherwise_at_once_disagree_and_a_third_person_is_asked(desks: Desks) -> None:
    both = desks(2)

    made = _at_once(both, lambda n: (_asked(n, "same", "张三"), _asked(n, "different", "李四")))

    # Both opinions are kept, with who gave them; neither has any effect.
    assert all(isinstance(one, Entry) for pair in made for one in pair)
    listed = both[0].judgements.listed()
    assert sorted((one.one, one.author, one.decision) for one in listed) == sorted(
        (f"a{n:02}", author, decision)
        for n in range(PAIRS)
        for author, decision in (("张三", "same"), ("李四", "different"))
    )
    assert set(_states(both[1])) == {"disputed"}
    assert both[1].pipeline().judgements == ()
    waiting = review_pairs(both[1], DAY, Wanted(author="王五"))
    assert [pair.said for pair in waiting.pairs] == [("张三", "李四")] * PAIRS


def test_one_person_at_two_desks_is_not_two_persons(desks: Desks) -> None:
    both = desks(2)

    _at_once(both, lambda n: (_asked(n, "same", "张三"), _asked(n, "same", "张三")))

    assert len(both[0].judgements.listed()) == 2 * PAIRS
    assert sorted(_states(both[0])) == ["replaced"] * PAIRS + ["waiting"] * PAIRS
    assert both[0].pipeline().judgements == ()


def test_where_one_is_enough_the_first_holds_and_the_second_is_told_which(desks: Desks) -> None:
    both = desks(1)

    made = _at_once(both, lambda n: (_asked(n, "same", "张三"), _asked(n, "different", "李四")))

    for pair in made:
        (kept,) = [one for one in pair if isinstance(one, Entry)]
        (refused,) = [one for one in pair if isinstance(one, DeskError)]
        assert f"is denied by no. {kept.id}" in str(refused)
    assert set(_states(both[0])) == {"effective"}
    assert len(both[0].pipeline().judgements) == PAIRS


def test_a_judgement_during_a_load_is_refused_in_one_line_and_can_be_made_after_it(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = desks(2)
    monkeypatch.setattr("app.bootstrap.MOMENT", 0.05)

    with (
        one.workspace.writing(),
        pytest.raises(WorkspaceError, match="is being written by another load; try again after it"),
    ):
        other.decide(_asked(0, "same", "张三"), NOW)

    assert other.judgements.listed() == ()
    assert other.decide(_asked(0, "same", "张三"), NOW).id == 1


def test_several_open_a_fresh_desk_in_the_same_moment(tmp_path: Path) -> None:
    kinds = (Judgements, LeadDecisions, Jobs, Archive)

    def open_first(url: str, kind: Callable[[str], Any], start: Barrier) -> None:
        start.wait()
        kind(url).close()

    with ThreadPoolExecutor(len(kinds)) as pool:
        for number in range(PAIRS):
            url, start = f"sqlite:///{tmp_path / f'{number}.sqlite'}", Barrier(len(kinds))
            for opening in [pool.submit(open_first, url, kind, start) for kind in kinds]:
                opening.result()


def test_whoever_decides_while_another_decision_is_written_waits_for_it(desks: Desks) -> None:
    one, other = desks(1)
    made = one.decide(_asked(0, "same", "张三"), NOW)
    asked = Asked("a01", "no row", "different", "李四", "原件")

    with ThreadPoolExecutor(1) as pool:
        with other.workspace.writing():
            detached = pool.submit(one.detach, asked, NOW)
            with pytest.raises(TimeoutError):
                detached.result(timeout=0.3)
        # It had its turn: what is refused is the row.
        with pytest.raises(DeskError, match="is no row of"):
            detached.result()
    assert made.undone_at is None
