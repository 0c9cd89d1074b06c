"""Who may be one, and is not merged: similar names without a code, rare names of persons."""

import polars as pl
import pytest

from loaders.resolve.leads import Leads, leads
from loaders.resolve.mentions import COLUMNS
from loaders.resolve.pairs import Statements

FIRM = "深圳市甲乙丙科技有限公司"
Mention = dict[str, object]
# What is rare is told by the data: others, of whom nobody is asked about.
OTHERS: list[Mention] = [
    {"uid": f"z{place}", "name": f"{region}市{brand}{trade}有限公司", "uscc": f"z{place}"}
    for place, (region, brand, trade) in enumerate(
        (region, brand, trade)
        for region in ("深圳", "广州", "佛山", "中山")
        for brand in ("恒裕", "金穗", "华岭", "瑞丰", "宏图", "天朗")
        for trade in ("科技", "贸易", "餐饮")
    )
]


def found(*mentions: Mention) -> Leads:
    """Return the leads of mentions, each in the cluster that its `uid` says."""
    rows = [
        {"record_id": f"r{place}", "name_key": one.get("name"), "person": False, **one}
        for place, one in enumerate([*mentions, *OTHERS])
    ]
    rows = [{**row, "name_key": str(row["name"]).translate({65288: 40, 65289: 41})} for row in rows]
    frame = pl.DataFrame([{key: row.get(key) for key in COLUMNS} for row in rows], COLUMNS)
    uids = pl.Series("uid", [row["uid"] for row in rows])
    return leads(Statements(frame.with_columns(uids), {}, {}))


def pairs(*mentions: Mention) -> set[tuple[str, str]]:
    return set(found(*mentions).frame.select("source", "target").iter_rows())


CODED: Mention = {"uid": "a", "name": FIRM, "uscc": "914403001922038216"}


@pytest.mark.parametrize(
    ("name", "suspected"),
    [
        ("甲乙丙科技", True),
        ("广东甲乙丙科技有限公司", True),
        ("深圳市甲乙并科技有限公司", True),
        ("深圳市甲乙丙科技有限公同", True),
        (FIRM, True),
        ("广州市甲乙丙科技有限公司", False),
        ("深圳市甲乙丙餐饮有限公司", False),
        ("深圳市甲乙丙科技合伙企业（有限合伙）", False),
        (f"{FIRM}广州分公司", False),
        ("深圳市子丑寅科技有限公司", False),
        ("……", False),
    ],
)
def test_a_name_without_a_code_is_suspected_of_a_similar_one(name: str, suspected: bool) -> None:
    assert pairs(CODED, {"uid": "b", "name": name}) == ({("a", "b")} if suspected else set())


def test_two_codes_are_never_suspected_of_being_one() -> None:
    assert pairs(CODED, {**CODED, "uid": "b", "uscc": "91440300192203821X"}) == set()


@pytest.mark.parametrize(("number", "suspected"), [("2", False), ("1", True), (None, True)])
def test_different_numbers_of_a_kind_veto(number: str | None, suspected: bool) -> None:
    one = {**CODED, "registration_number": "1"}
    other = {"uid": "b", "name": FIRM, "registration_number": number}
    assert bool(pairs(one, other)) is suspected


def test_a_name_that_fits_too_many_tells_nothing() -> None:
    regions = ("深圳", "广州", "佛山", "东莞")
    many = [
        {"uid": f"a{place}", "name": f"{region}市甲乙丙科技有限公司", "uscc": f"{place}"}
        for place, region in enumerate(regions)
    ]
    assert len(pairs(*many[:1], {"uid": "b", "name": "甲乙丙科技"})) == 1
    assert pairs(*many, {"uid": "b", "name": "甲乙丙科技"}) == set()


@pytest.mark.parametrize(
    ("name", "numbers", "suspected"),
    [
        ("欧阳明", ("h1", None), {("p0", "p1")}),
        ("欧阳明", (None, None), {("p0", "p1")}),
        ("欧阳明", ("h1", "h2"), set()),
        ("欧阳明", ("h1", None, None), set()),
        ("欧阳明", ("h1", "h2", None), set()),
        ("王伟", ("h1", None, None, None), set()),
    ],
)
def test_two_bearers_of_a_rare_name_are_suspected_unless_both_have_numbers(
    name: str, numbers: tuple[str | None, ...], suspected: set[tuple[str, str]]
) -> None:
    people = [
        {"uid": f"p{place}", "name": name, "person": True, "id_hash": number}
        for place, number in enumerate(numbers)
    ]
    assert pairs(*people) == suspected


def test_a_lead_says_why_and_where_both_stand() -> None:
    row = found(CODED, {"uid": "b", "name": "甲乙丙科技"}).frame.row(0, named=True)
    assert row["records"] == ["r0", "r1"]
    assert 0.7 <= row["score"] <= 1
    assert "字号相同（甲乙丙）" in row["evidence"]
