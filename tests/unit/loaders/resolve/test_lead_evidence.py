"""What speaks for and against a lead: identity numbers by character, sex, birth, colleagues."""

import polars as pl
import pytest

from loaders.catalogue.catalog import load_catalogue
from loaders.clean.names import name_key
from loaders.resolve.leads import FEATURES, Leads, leads, leads_after
from loaders.resolve.mentions import COLUMNS
from loaders.resolve.pairs import Statements
from loaders.resolve.weights import weights

RESOURCES = load_catalogue().by_code
Seat = tuple[str, str, str | None, str | None, int | None, str | None]


def seats(*given: Seat) -> Statements:
    """Return representatives: (firm, name, identity number or null, its mask, birth year, sex)."""
    mentions: list[dict[str, object]] = []
    for place, (firm, name, number, *_) in enumerate(given):
        row = {"resource": "legal_representative", "at": place, "record_id": f"r{place}"}
        mentions.append({**row, "role": "company", "name": firm, "uscc": firm, "uid": f"f{firm}"})
        person = {"role": "person", "name": name, "anchor": "company", "id_hash": number}
        mentions.append({**row, **person, "person": True, "uid": f"{name}{number or firm}"})
    schema = {**COLUMNS, "uid": pl.String}
    frame = pl.DataFrame(
        [{name: one.get(name) for name in schema} for one in mentions], schema
    ).with_columns(pl.col("person").fill_null(value=False))
    frame = frame.with_columns(name_key(frame["name"]).alias("name_key"))
    table = pl.DataFrame(
        [dict(zip(_TOLD, one[2:], strict=True)) for one in given],
        dict(zip(_TOLD, (pl.String, pl.String, pl.Int64, pl.String), strict=True)),
    )
    return Statements(frame, {"legal_representative": table}, RESOURCES)


_TOLD = (
    "v_id_number",
    "v_id_number_mask",
    "v_id_number_birth_year",
    "v_id_number_sex",
)
KNOWN: Seat = ("甲", "欧阳明", "h1", "440106********1234", 1980, "男")


def found(*given: Seat) -> Leads:
    return leads(seats(*given), least=0)


@pytest.mark.parametrize(
    ("mask", "seen"),
    [
        ("440106********1234", "10位"),
        ("4401061980****1234", "14位"),
        ("440106************", "6位"),
    ],
)
def test_the_visible_characters_of_a_masked_number_speak_for_one(mask: str, seen: str) -> None:
    lead = found(KNOWN, ("乙", "欧阳明", None, mask, None, None)).frame.row(0, named=True)
    alone = found(KNOWN, ("乙", "欧阳明", None, None, None, None)).frame.row(0, named=True)
    assert seen in lead["evidence"]
    assert lead["score"] > alone["score"]


@pytest.mark.parametrize(
    "other",
    [
        ("乙", "欧阳明", None, "440106********1235", None, None),
        ("乙", "欧阳明", None, "4401061981****1234", None, None),
        ("乙", "欧阳明", None, None, 1983, None),
        ("乙", "欧阳明", None, None, None, "女"),
        ("乙", "欧阳明", "h2", None, None, None),
    ],
)
def test_what_proves_two_people_makes_no_lead_whatever_the_score(other: Seat) -> None:
    assert not found(KNOWN, other).frame.height


def test_a_year_of_difference_speaks_against_and_does_not_end_it() -> None:
    lead = found(KNOWN, ("乙", "欧阳明", None, None, 1981, None)).frame.row(0, named=True)
    assert "不支持：出生年相差1年" in lead["evidence"]


def test_a_colleague_s_name_at_both_firms_speaks_for_one_also_where_he_comes_later() -> None:
    two: tuple[Seat, ...] = (KNOWN, ("乙", "欧阳明", None, None, None, None))
    first: Seat = ("甲", "司徒远", "h8", None, None, None)
    second: Seat = ("乙", "司徒远", "h9", None, None, None)
    before, now = seats(*two, first), seats(*two, first, second)
    touched = pl.Series(["f乙", "司徒远h9"])

    after = leads_after(now, (), leads(before, least=0), touched, least=0)

    assert after.frame.equals(leads(now, least=0).frame)
    row = after.frame.row(0, named=True)
    assert "两单位另有一个相同姓名（司徒远）" in row["evidence"]
    assert row["score"] > leads(before, least=0).frame["score"][0]


def test_surnames_written_in_two_ways_and_words_in_two_orders_meet() -> None:
    assert found(
        ("甲", "萧敬腾", "h1", None, None, None), ("乙", "肖敬腾", None, None, None, None)
    ).frame.height
    assert not found(
        ("甲", "张某某", "h1", None, None, None), ("乙", "张某某", None, None, None, None)
    ).frame.height


@pytest.mark.parametrize("whose", ["organisations", "persons"])
def test_more_agreement_never_weighs_less(whose: str) -> None:
    held = weights(whose).weights
    for feature in FEATURES[whose]:
        levels = sorted(feature.levels, key=lambda one: one.part)
        told = [held.get(feature.name, {}).get(one.name, 0.0) for one in levels if one.part > 0]
        assert all(0 <= one.part <= 1 for one in levels)
        assert told == sorted(told), feature.name
