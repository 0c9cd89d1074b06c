"""Parties that look like several are told, and none keeps two valid codes."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loaders.resolve import mentions, suspects
from loaders.resolve.cuts import CUT, PROOFS, cut

A, B = "91440300MA5ABCD13X", "91440300MA5ABCD21Q"
FIRM, OTHER = "深圳市甲乙科技有限公司", "佛山市丙丁陶瓷有限公司"
Mention = Mapping[str, object]
SCHEMA = {**mentions.COLUMNS, "uid": pl.String, "rule": pl.String}


def frame_of(rows: Sequence[Mention]) -> pl.DataFrame:
    """Return mentions of one party x0 unless a row says another; what it leaves out is null."""
    filled = [
        {
            **dict.fromkeys(SCHEMA),
            "resource": "penalty",
            "role": "subject",
            "record_id": f"r{place:03}",
            "seen_on": date(2020, 1, 1),
            "person": False,
            "intermediary": False,
            "own_uid": f"x{place}",
            "uid": "x0",
            "rule": "credit_code",
            **row,
        }
        for place, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, schema=SCHEMA)


def reasons(rows: Sequence[Mention]) -> dict[str, tuple[int, str, list[str]]]:
    found = suspects.suspects(frame_of(rows))
    return {
        reason: (measured, evidence, leaves)
        for reason, measured, evidence, leaves in found.select(
            "reason", "measured", "evidence", "leaves"
        ).iter_rows()
    }


def test_a_party_of_one_name_and_one_code_is_not_suspected() -> None:
    assert reasons([{"uscc": A, "name_key": FIRM}] * 40) == {}


def test_more_mentions_by_name_alone_than_any_firm_has_are_suspected() -> None:
    by_name = {"name_key": FIRM, "rule": "full_name"}
    found = reasons([{"uscc": A, "name_key": FIRM}, *[by_name] * 151])
    assert list(found) == [suspects.MENTIONS]
    assert found[suspects.MENTIONS][0] == 151
    assert "x0" not in found[suspects.MENTIONS][2]


def test_a_licensed_body_may_be_named_more_often() -> None:
    by_name = {"name_key": FIRM, "rule": "full_name", "intermediary": True}
    assert reasons([{"uscc": A, "name_key": FIRM}, *[by_name] * 151]) == {}


def test_brands_and_cities_that_have_nothing_in_common_are_suspected() -> None:
    found = reasons(
        [{"uscc": A, "name_key": FIRM}] * 2
        + [{"org_code": "MA5ABCD13", "name_key": OTHER, "rule": "organisation_code"}]
    )
    assert found[suspects.BRANDS] == (2, "丙丁、甲乙", ["x2"])
    assert found[suspects.REGIONS] == (2, "4403、4406", ["x2"])


@pytest.mark.parametrize(
    "other",
    [
        {"name_key": "深圳甲乙科枝有限公司"},
        {"name_key": OTHER, "former_key": OTHER},
        {"name_key": "甲丙"},
    ],
)
def test_slips_and_former_names_are_no_other_brand(other: Mention) -> None:
    assert reasons([{"uscc": A, "name_key": FIRM}] * 2 + [{"uscc": A, **other}]) == {}


def test_two_names_under_one_identity_number_are_suspected_and_the_number_is_not_shown() -> None:
    person = {"person": True, "id_hash": "0f" * 16, "rule": "identity_number"}
    found = suspects.suspects(
        frame_of([{**person, "name_key": "王军"}, {**person, "name_key": "李斌"}])
    )
    assert found.select("reason", "measured", "evidence", "leaves").rows() == [
        (suspects.NAMES, 2, "李斌、王军", [])
    ]
    assert "0f0f" not in str(found.to_dicts())


def test_two_credit_codes_are_suspected_with_what_a_cut_would_take_out() -> None:
    found = reasons([{"uscc": A, "name_key": FIRM}] * 2 + [{"uscc": B, "name_key": FIRM}])
    assert found[suspects.IDENTIFIERS] == (2, f"{A}、{B}", ["x2"])


def test_a_code_and_its_former_code_are_one() -> None:
    rows = [{"uscc": A, "name_key": FIRM}, {"uscc": B, "old_uscc": A, "name_key": FIRM}]
    assert reasons(rows) == {}
    assert cut(frame_of(rows))["cut_from"].null_count() == len(rows)


def test_one_mention_that_holds_two_bodies_together_is_a_bridge() -> None:
    left = {"org_code": "MA5ABCD13", "name_key": FIRM}
    right = {"registration_number": "440300000000011", "name_key": OTHER}
    found = reasons([left, left, {**left, **right, "name_key": None}, right, right])
    assert found[suspects.BRIDGE] == (2, f"{OTHER}／{FIRM}", ["x2"])


def test_two_mentions_that_hold_both_numbers_are_no_bridge() -> None:
    left = {"org_code": "MA5ABCD13", "name_key": FIRM}
    right = {"registration_number": "440300000000011", "name_key": OTHER}
    found = reasons([left, left, {**left, **right}, {**right, **left}, right, right])
    assert suspects.BRIDGE not in found


def test_sides_that_no_number_joins_are_a_bridge_of_a_rule() -> None:
    left = {"org_code": "MA5ABCD13", "name_key": FIRM}
    right = {"registration_number": "440300000000011", "name_key": OTHER, "rule": "name_variant"}
    found = suspects.suspects(frame_of([left, left, left, right, right]))
    bridge = found.filter(pl.col("reason") == suspects.BRIDGE)
    assert bridge.select("rule", "leaves").rows() == [("name_variant", ["x3", "x4"])]


def test_a_cut_follows_the_strongest_evidence_and_lets_the_weakest_leave() -> None:
    mentioned = [
        {"uscc": A, "org_code": "MA5ABCD13", "name_key": FIRM},
        {"uscc": B, "org_code": "MA5ABCD21", "name_key": FIRM},
        {"org_code": "MA5ABCD21", "name_key": FIRM, "rule": "organisation_code"},
        {"name_key": FIRM, "rule": "full_name"},
        {"registration_number": "440300000000011", "rule": "full_name"},
        {"registration_number": "440300000000011", "rule": "registration_number"},
    ]
    found = cut(frame_of(mentioned))
    assert found.select("uid", "rule", "cut_from").rows() == [
        ("x0", "credit_code", None),
        ("x1", "credit_code", "x0"),
        ("x1", "organisation_code", "x0"),
        ("x3", CUT, "x0"),
        ("x4", CUT, "x0"),
        ("x4", CUT, "x0"),
    ]


VALUES = st.sampled_from([None, None, "1", "2", "3"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "uid": st.sampled_from(["p", "q"]),
            "person": st.booleans(),
            "seen_on": st.sampled_from([None, date(2019, 1, 1), date(2021, 1, 1)]),
            "uscc": VALUES,
            "old_uscc": VALUES,
            "org_code": VALUES,
            "registration_number": VALUES,
            "licence_number": VALUES,
            "id_hash": VALUES,
            "name_key": st.sampled_from([None, FIRM, OTHER]),
            "former_key": st.sampled_from([None, OTHER]),
            "rule": st.sampled_from(suspects.RULES),
        }
    ),
    min_size=1,
    max_size=9,
)


def contradicted(frame: pl.DataFrame) -> set[str]:
    """Return the parties with two valid codes that no former code makes one, by walking them."""
    found = set()
    for (uid,), mine in frame.group_by("uid"):
        for proof in PROOFS:
            held = {value for value in mine[proof] if value is not None}
            reached = {min(held)} if held else set()
            pairs = mine.select(proof, "old_uscc").rows() if proof == "uscc" else []
            for _ in held:
                for now, former in pairs:
                    if {now, former} <= held and {now, former} & reached:
                        reached |= {now, former}
            if held - reached:
                found.add(str(uid))
    return found


@example(rows=[{"uscc": "1", "id_hash": "1"}, {"uscc": "1", "id_hash": "2"}, {"uscc": "2"}])
@example(
    rows=[
        {"uscc": "1", "id_hash": "1"},
        {"uscc": "2", "id_hash": "2", "old_uscc": "1"},
        {"uscc": "2", "id_hash": "1"},
    ]
)
@given(rows=ROWS)
def test_no_party_keeps_two_valid_codes_and_others_are_left_as_they_are(
    rows: list[Mention],
) -> None:
    frame = frame_of(rows)
    found = cut(frame)
    before = contradicted(frame)

    assert contradicted(found) == set()
    assert found.drop("uid", "rule", "cut_from").equals(frame.drop("uid", "rule"))
    kept = ~frame["uid"].is_in(sorted(before))
    assert found.filter(kept)["cut_from"].null_count() == int(kept.sum())
    assert found.filter(kept)["uid"].equals(frame.filter(kept)["uid"])
    moved = found.filter(pl.col("cut_from").is_not_null())
    assert set(moved["cut_from"]) == before
    assert cut(found.drop("cut_from"))["cut_from"].null_count() == frame.height


@given(rows=ROWS, data=st.data())
def test_the_order_of_rows_plays_no_part(rows: list[Mention], data: st.DataObject) -> None:
    frame = frame_of(rows)
    mixed = frame[data.draw(st.permutations(range(frame.height)))]

    assert cut(mixed).sort("own_uid").equals(cut(frame).sort("own_uid"))
    assert suspects.suspects(mixed).equals(suspects.suspects(frame))


@given(rows=ROWS)
def test_what_is_said_of_a_party_depends_on_its_own_mentions(rows: list[Mention]) -> None:
    frame = frame_of(rows)
    whole, parted = suspects.suspects(frame), cut(frame)
    for (uid,), mine in frame.group_by("uid"):
        assert suspects.suspects(mine).equals(whole.filter(pl.col("uid") == uid))
        same = parted.filter(pl.col("own_uid").is_in(mine["own_uid"].implode()))
        assert cut(mine).sort("own_uid").equals(same.sort("own_uid"))
