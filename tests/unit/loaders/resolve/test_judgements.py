"""Judgements put groups together, in any order, and never against valid codes."""

from datetime import date
from itertools import permutations

import polars as pl
import pytest

from loaders.resolve.judgements import DIFFERENT, SAME, UNSURE, Judgement, gone, with_judgements

GROUPED = pl.DataFrame(
    {
        "mention": [0, 1, 2, 3, 4],
        "group": ["u:1", "u:1", "m:b", "m:c", "u:2"],
        "rule": ["credit_code", "credit_code", "alone", "alone", "credit_code"],
        "own_uid": ["a", "a2", "b", "c", "z"],
        "seen_on": [date(2024, 1, day) for day in (1, 2, 3, 4, 5)],
        "record_id": ["r1", "r2", "r3", "r4", "r5"],
        "role": ["subject"] * 5,
    }
)
PROOFS = pl.DataFrame(
    {"mention": [0, 1, 2, 3, 4], "proof": ["1", "1", None, None, "2"]},
    schema_overrides={"proof": pl.String},
).with_columns(coded=pl.col("proof").is_not_null())


def groups(*judged: tuple[str, str, str]) -> tuple[list[str], int]:
    found, vetoed = with_judgements(GROUPED, PROOFS, [Judgement(*one) for one in judged])
    return found["group"].to_list(), len(vetoed)


def test_the_same_are_put_together_and_the_coded_one_keeps_its_rules() -> None:
    found, vetoed = with_judgements(GROUPED, PROOFS, [Judgement("b", "a2", SAME)])
    assert found["group"].to_list() == ["u:1", "u:1", "u:1", "m:c", "u:2"]
    assert found["rule"].to_list() == ["credit_code"] * 2 + ["judgement", "alone", "credit_code"]
    assert vetoed == []


@pytest.mark.parametrize(
    "judged", [[("a", "z", SAME)], [("a", "b", SAME), ("b", "c", SAME), ("c", "z", SAME)]]
)
def test_different_codes_stay_two_through_any_chain(judged: list[tuple[str, str, str]]) -> None:
    for order in permutations(judged):
        found, vetoed = groups(*order)
        assert found[0] != found[4]
        assert vetoed == 1


def test_what_was_judged_different_is_not_joined_by_a_chain() -> None:
    found, vetoed = groups(("a", "b", SAME), ("b", "c", SAME), ("a", "c", DIFFERENT))
    assert found[0] != found[3]
    assert vetoed == 1


def test_the_order_of_judgements_plays_no_part() -> None:
    judged = [("a", "b", SAME), ("c", "b", SAME), ("c", "z", UNSURE)]
    assert len({tuple(groups(*order)[0]) for order in permutations(judged)}) == 1
    assert groups(*judged)[0] == ["u:1"] * 4 + ["u:2"]


def test_a_judgement_on_a_party_that_is_gone_is_counted_and_changes_nothing() -> None:
    judged = [Judgement("a", "nobody", SAME)]
    assert gone(judged, GROUPED["own_uid"]) == (judged[0],)
    assert gone([Judgement("a", "b", SAME)], GROUPED["own_uid"]) == ()
    assert groups(("a", "nobody", SAME))[0] == GROUPED["group"].to_list()


# Three mentions that a name put together; the oldest is the party's own.
NAMED = GROUPED.with_columns(
    group=pl.Series(["u:1", "n:x", "n:x", "n:x", "u:2"]),
    rule=pl.Series(["credit_code", *["company_name"] * 3, "credit_code"]),
)
BY_NAME = PROOFS.with_columns(proof=pl.Series(["1", None, None, None, "2"])).with_columns(
    coded=pl.col("proof").is_not_null()
)


def test_a_row_that_does_not_belong_leaves_the_party_and_no_other_does() -> None:
    found, vetoed = with_judgements(NAMED, BY_NAME, [Judgement("b", "a2", DIFFERENT)])

    assert found["group"].to_list() == ["u:1", "n:x", "s:b", "n:x", "u:2"]
    assert found["rule"].to_list()[2] == "detached"
    assert vetoed == []


def test_a_row_that_a_code_puts_there_stays_and_the_judgement_is_named() -> None:
    judged = Judgement("a", "a2", DIFFERENT)
    found, vetoed = with_judgements(GROUPED, PROOFS, [judged])

    assert found["group"].to_list() == GROUPED["group"].to_list()
    assert vetoed == [judged]


def test_of_a_coded_row_and_one_without_a_code_the_latter_leaves() -> None:
    mixed = GROUPED.with_columns(group=pl.Series(["u:1", "m:y", "u:1", "u:1", "u:2"]))
    found, _ = with_judgements(mixed, BY_NAME, [Judgement("a", "c", DIFFERENT)])
    assert found["group"].to_list() == ["u:1", "m:y", "u:1", "s:c", "u:2"]


def test_one_that_left_may_be_another_party() -> None:
    judged = [Judgement("b", "a2", DIFFERENT), Judgement("b", "z", SAME)]
    for order in permutations(judged):
        found, vetoed = with_judgements(NAMED, BY_NAME, list(order))
        assert found["group"].to_list() == ["u:1", "n:x", "u:2", "n:x", "u:2"]
        assert vetoed == []
