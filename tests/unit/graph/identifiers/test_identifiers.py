import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import IdentifierError
from graph.identifiers import (
    case_number,
    credit_code,
    identity_card,
    organisation_code,
    region,
    registration_number,
)
from graph.identifiers.identity import IdentityKey

VECTORS = (
    Path(__file__).resolve().parents[5] / "shared" / "data" / "id_test_vectors" / "vectors.csv"
)
CHECKS = {
    "uscc": credit_code.is_valid,
    "org": organisation_code.is_valid,
    "regno15": registration_number.is_valid,
    "cid18": lambda text: identity_card.full(text) is not None,
    "cid15": lambda text: identity_card.full(text) is not None,
}


def test_every_published_vector_is_judged_right() -> None:
    if not VECTORS.is_file():
        pytest.skip(f"the public vectors are not beside the project: {VECTORS.name}")
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    wrong = [
        row["value"]
        for row in rows
        if CHECKS[row["kind"]](row["value"]) != (row["expect"] == "valid")
    ]

    assert len(rows) == 27
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("914403001922038216", True),
        ("91350100m000100y43", True),
        ("9144 0300-1922038216", True),
        ("N2440705MF1700011L", True),
        ("A1440000MD0100017G", True),
        ("Y1440000MB2D00014R", True),
        ("914403001922038261", False),
        ("91440300192203821I", False),
        ("B1440000MB2D00014R", False),
        ("9144AB001922038216", False),
        ("91440300192203821", False),
        ("", False),
    ],
)
def test_a_credit_code_needs_form_and_both_check_characters(code: str, valid: bool) -> None:
    assert credit_code.is_valid(code) is valid


def test_a_credit_code_holds_its_organisation_code() -> None:
    assert credit_code.organisation_part("914403001922038216") == "192203821"
    with pytest.raises(IdentifierError, match="must be 17 of"):
        credit_code.check_character("9144030019220382I")


@pytest.mark.parametrize(
    ("code", "valid"),
    [("D2143569X", True), ("d2143569-x", True), ("D21435690", False), ("D214", False)],
)
def test_an_organisation_code_needs_its_check_character(code: str, valid: bool) -> None:
    assert organisation_code.is_valid(code) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("110108000000016", True),
        ("110108000000017", False),
        ("4401012001234", True),
        ("44010120012345", False),
        ("44010120012３４", False),
    ],
)
def test_a_registration_number_has_fifteen_or_thirteen_digits(number: str, valid: bool) -> None:
    assert registration_number.is_valid(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("440524188001010014", True),
        ("130503670401001", True),
        ("110105194912310021", False),
        ("11010519490231002X", False),
        ("99010519491231002X", False),
        ("1101051949123100AX", False),
        ("13050367AB01001", False),
        ("110105", False),
    ],
)
def test_an_identity_number_needs_region_date_and_check(number: str, valid: bool) -> None:
    assert (identity_card.full(number) is not None) is valid


def test_an_identity_number_of_15_figures_has_one_of_18() -> None:
    assert identity_card.full("130503670401001") == "130503196704010016"


def test_a_hash_needs_its_key_and_never_shows_it() -> None:
    one, two = IdentityKey(b"one"), IdentityKey(b"two")

    assert one.hash("11010519491231002X") == one.hash("11010519491231002X")
    assert one.hash("11010519491231002X") != two.hash("11010519491231002X")
    assert len(one.hash("x")) == 32
    assert "one" not in repr(one)


def test_case_numbers_are_compared_in_one_form() -> None:
    assert case_number.fold("（2022）粤0106执 12号") == case_number.fold("(2022)粤0106执12号")
    assert case_number.fold("粤税罚〔2018〕40号") == "粤税罚(2018)40号"


def test_regions_lead_to_their_successors() -> None:
    assert region.current("440681") == "440606"
    assert region.current("440106") == "440106"
    assert region.current("000000") is None
    assert region.name_of("000000") is None
    assert region.city_of("440106") == "440100"
    assert region.full_name("440106") == "广东省广州市天河区"


# A key is hashed first where it is longer than a block of SHA-256, 64 bytes.
@given(
    st.binary(max_size=80) | st.sampled_from([b"k" * 63, b"k" * 64, b"k" * 65]),
    st.lists(st.none() | st.text(max_size=80)),
)
def test_many_values_have_the_hashes_that_each_has_alone(
    secret: bytes, values: list[str | None]
) -> None:
    key = IdentityKey(secret)

    found = list(key.hashes(values))

    assert found == [None if value is None else key.hash(value) for value in values]
