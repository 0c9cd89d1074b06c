"""Who is believed: the smaller rank, then the later day, then the smaller record id, then value."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.catalogue.catalog import load_catalogue
from loaders.project.placed import Placed
from loaders.project.statements import STATEMENT, Lines, believed, beside, lines_of

DAYS = (date(2026, 1, 2), date(2026, 3, 4), None)


def lines(*rows: tuple[str, date | None]) -> Lines:
    schema = {"record_id": pl.String, "seen_on": pl.Date}
    resource = load_catalogue().resources()[0]
    return lines_of([Placed(resource, pl.DataFrame(list(rows), schema=schema, orient="row"))])


def statements(*said: tuple[int, str, int, int]) -> pl.DataFrame:
    """Return statements of (party, value, rank, line)."""
    return pl.DataFrame(list(said), schema=STATEMENT, orient="row")


def test_the_later_of_two_of_one_rank_is_believed_and_of_one_day_the_smaller_record_id() -> None:
    rows = lines(("b" * 32, DAYS[0]), ("c" * 32, DAYS[1]), ("a" * 32, DAYS[1]), ("0" * 32, None))
    said = statements((7, "早", 5, 0), (7, "晚", 5, 1), (7, "先", 5, 2), (7, "无日期", 5, 3))

    told = believed([("address", said)], rows.turn)

    assert told.winners["address"].rows() == [(7, "先", 2)]
    assert told.losers.rows() == [
        (7, "晚", "先", 1, "address"),
        (7, "早", "先", 0, "address"),
        (7, "无日期", "先", 3, "address"),
    ]
    assert told.behind.rows() == [(7, "address", 2)]


def test_a_smaller_rank_counts_more_than_any_day_and_may_be_below_nought() -> None:
    rows = lines(("a" * 32, DAYS[1]), ("b" * 32, DAYS[0]))

    told = believed([("name", statements((0, "甲", 1, 0), (0, "乙", -1, 1)))], rows.turn)

    assert told.winners["name"].rows() == [(0, "乙", 1)]


def test_two_values_of_one_row_about_one_party_are_taken_in_their_order() -> None:
    rows = lines(("a" * 32, DAYS[0]), ("b" * 32, DAYS[0]))
    said = statements((1, "丙", 5, 0), (0, "b", 5, 1), (1, "乙", 5, 0), (0, "a", 5, 1))

    told = believed([("name", said)], rows.turn)

    assert sorted(told.winners["name"].rows()) == [(0, "a", 1), (1, "丙", 0)]
    assert told.losers["value"].to_list() == ["b", "乙"]


def test_values_of_a_list_are_kept_all_and_every_row_stands_behind_them() -> None:
    rows = lines(("a" * 32, DAYS[0]), ("b" * 32, DAYS[1]))
    said = statements((3, "丁|丙", 5, 0), (3, "丙", 5, 1))

    told = believed([("former_names", said)], rows.turn)

    assert told.winners["former_names"].rows() == [(3, "丁|丙")]
    assert told.losers.is_empty()
    assert sorted(told.behind["line"]) == [0, 1]


def test_what_is_said_of_some_parties_stands_beside_them_alone() -> None:
    found = beside(4, pl.Series([2, 0], dtype=pl.UInt32), pl.Series("name", ["乙", "甲"]))

    assert found.to_list() == ["甲", None, "乙", None]
    assert found.name == "name"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from("甲乙丙"), st.integers(1, 2), st.integers(0, 5)
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from(DAYS), min_size=6, max_size=6),
    st.permutations("abcdef"),
)
def test_the_best_is_the_first_by_rank_day_record_and_value(
    said: list[tuple[int, str, int, int]], days: list[date | None], ids: list[str]
) -> None:
    # A row gives all its statements one rank.
    ranks = {line: rank for _, _, rank, line in said}
    said = [(party, value, ranks[line], line) for party, value, _, line in said]
    rows = lines(*((one * 32, day) for one, day in zip(ids, days, strict=True)))

    told = believed([("name", statements(*said))], rows.turn)

    def turn(one: tuple[int, str, int, int]) -> tuple[int, int, str, str]:
        day = days[one[3]]
        return one[2], -day.toordinal() if day else 0, ids[one[3]], one[1]

    best = {
        party: min((one for one in said if one[0] == party), key=turn)
        for party in {one[0] for one in said}
    }
    found = told.winners["name"].rows() if said else []
    assert sorted(found) == sorted((party, one[1], one[3]) for party, one in best.items())
    lost = {(one[0], one[1]) for one in said if one[1] != best[one[0]][1]}
    assert set(told.losers.select("party", "value").rows()) == lost
