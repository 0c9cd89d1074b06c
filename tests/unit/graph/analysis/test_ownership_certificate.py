"""Certificates of ownership and control: they follow from addition and multiplication alone."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.beneficial_certificate import beneficial_certificate
from graph.analysis.checks import check
from graph.analysis.control_certificate import control_certificate
from graph.analysis.ownership import holdings, owners
from graph.analysis.ownership_certificate import holdings_certificate, owners_certificate
from graph.errors import CertificateError
from graph.policy.owner_rules import owner_rules
from tests.agreement.sketch import Sketch
from tests.agreement.test_ownership_laws import columns, view_of

RING = "pa .7,pb .6,ab .3,ba .2,xa .1,zb .05,bc .5,cc .1,pc .1"
# Texts and days are what the certificate is about, no numbers that follow from others.
_FREE = {"snapshot", "as_of", "notice", "name", "method"}


def held(text: str) -> Sketch:
    sketch = Sketch()
    for row in text.split(","):
        pair, share = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=float(share), key=pair)
    return sketch


def numbers(part: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Every place of the document that holds a number, as a way of keys."""
    inside = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in inside:
        if isinstance(value, dict | list):
            yield from numbers(value, (*way, key))
        elif key not in _FREE and not isinstance(value, bool) and value is not None:
            yield from [(*way, key)] if set(str(value)) <= set("0123456789.") else []


def other_digits(value: int | str) -> Iterator[int | str]:
    """The same number with one digit changed."""
    text = str(value)
    for place, digit in enumerate(text):
        if digit != ".":
            changed = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
            yield int(changed) if isinstance(value, int) else changed


def refused(document: dict[str, Any]) -> bool:
    try:
        return not check(document).ok
    except CertificateError:
        return True


def altered(document: dict[str, Any], way: tuple[Any, ...], value: int | str) -> dict[str, Any]:
    found = copy.deepcopy(document)
    part: Any = found
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = value
    return found


def test_the_printed_part_is_the_answer() -> None:
    view = held(RING).view()
    for uid in "abc":
        answer = owners(view, uid)
        document = owners_certificate(view, uid, [one.uid for one in answer.holdings])
        assert check(json.loads(json.dumps(document))).ok
        printed = {
            (system["holder"], system["kind"]): Decimal(system["claims"][uid])
            for system in document["systems"]
        }
        for one in answer.holdings:
            assert float(printed[one.uid, "certain"]) == pytest.approx(one.integrated, abs=1e-11)
            assert float(printed[one.uid, "possible"]) == pytest.approx(one.possible, abs=1e-11)


def test_holdings_are_one_system() -> None:
    view = held(RING).view()
    document = holdings_certificate(view, "p")
    assert check(document).ok
    certain = document["systems"][0]["claims"]
    assert {one.uid: one.integrated for one in holdings(view, "p").holdings} == pytest.approx(
        {uid: float(value) for uid, value in certain.items()}
    )


@pytest.mark.parametrize("kind", ["owners", "holdings", "control"])
def test_one_changed_digit_is_refused(kind: str) -> None:
    view = held(RING).view()
    document = {
        "owners": owners_certificate(view, "c", ["p", "z"]),
        "holdings": holdings_certificate(view, "a"),
        "control": control_certificate(view, "p"),
    }[kind]
    document = json.loads(json.dumps(document))
    assert check(document).ok
    tried = 0
    for way in numbers(document):
        value: Any = document
        for key in way:
            value = value[key]
        for changed in other_digits(value):
            tried += 1
            assert refused(altered(document, way, changed)), (way, value, changed)
    assert tried > 20


@given(columns(5))
@settings(max_examples=25)
def test_every_certificate_of_a_random_graph_is_in_order(
    shares: dict[tuple[str, str], int],
) -> None:
    view = view_of(shares)
    for uid in {uid for pair in shares for uid in pair}:
        answer = owners(view, uid)
        assert check(owners_certificate(view, uid, [one.uid for one in answer.holdings])).ok
        assert check(holdings_certificate(view, uid)).ok
        assert check(control_certificate(view, uid)).ok


@given(columns(5), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_a_part_that_is_not_the_holders_is_refused(
    shares: dict[tuple[str, str], int],
    random: Any,  # noqa: ANN401
) -> None:
    if not shares:
        return
    view = view_of(shares)
    (holder, _) = random.choice(sorted(shares))
    document = holdings_certificate(view, holder)
    for system in document["systems"]:
        for company in system["companies"]:
            more = Decimal(company["Y"]) + Decimal("1e-9")
            company["Y"] = f"{more:f}"
            assert refused(document)
            return


def test_a_ring_that_is_almost_closed_is_printed_to_the_digits_it_needs() -> None:
    view = held("ab .999999,ba 1,pa .000001,qb .000001").view()
    document = owners_certificate(view, "a", ["p"])
    system = document["systems"][0]
    assert check(document).ok
    assert system["rings"][0]["decimals"] > 15
    assert Decimal(system["rings"][0]["accuracy"]) < Decimal("1e-10")


def test_a_holder_in_a_ring_is_certified_without_what_comes_back_to_it() -> None:
    document = owners_certificate(held("ab .3,ba .2,pa .8,qb .7").view(), "a", ["b"])
    system = document["systems"][0]
    assert [part["company"] for part in system["companies"]] == ["a"]
    assert system["claims"] == {"a": "0.200000000000"}


def test_a_pool_is_certified_with_its_members() -> None:
    sketch = Sketch()
    sketch.link("p", "h", "HOLDS_SHARES", share=0.3, group="g", key="ph")
    sketch.link("q", "h", "HOLDS_SHARES", share=0.25, group="g", key="qh")
    sketch.link("h", "c", "HOLDS_SHARES", share=0.51, key="hc")
    document = control_certificate(sketch.view(), "p")
    assert [section["group"] for section in document["sections"]] == ["", "g"]
    assert check(document).ok
    document["sections"][1]["holders"] = ["p"]
    verdict = check(document)
    assert not verdict.ok
    assert "votes of q do not count" in str(verdict.fault)


def test_a_pool_may_gain_one_of_its_members() -> None:
    sketch = Sketch()
    for pair, share in (("px", 0.3), ("qx", 0.3), ("xy", 0.3), ("py", 0.3)):
        sketch.link(*pair, "HOLDS_SHARES", share=share, group="g", key=pair)
    document = control_certificate(sketch.view(), "p")
    (_, pool) = document["sections"]
    assert [part["company"] for part in pool["companies"]] == ["x", "y"]
    assert pool["holders"] == ["p", "q", "x"]
    assert check(document).fault is None


_ODD = [
    # Rings that holdings of nothing close, a member of one of them without any part.
    {"ca": 0.5, "ab": 1.0, "bc": 0.0, "xb": 0.2},
    {"pa": 0.5, "ba": 0.0, "ab": 0.0, "pb": 0.3, "cb": 0.0, "bc": 0.0},
    # A company that holds itself wholly beside those who say they hold something of it.
    {"aa": 1.0, "ca": 0.0, "pc": 0.1, "ac": 0.4, "cc": 0.5},
    {"aa": 1.0, "pa": 0.3, "ab": 0.6},
]


@pytest.mark.parametrize("shares", _ODD)
def test_holdings_of_nothing_and_of_oneself_are_certified(shares: dict[str, float]) -> None:
    sketch = Sketch()
    for pair, share in shares.items():
        sketch.link(*pair, "HOLDS_SHARES", share=share, share_max=share or 0.2, key=pair)
    view = sketch.view()
    for uid in sorted({uid for pair in shares for uid in pair}):
        answer = owners(view, uid)
        documents = [
            owners_certificate(view, uid, [one.uid for one in answer.holdings]),
            holdings_certificate(view, uid),
            control_certificate(view, uid),
            *(beneficial_certificate(view, uid, rules) for rules in owner_rules().values()),
        ]
        assert [check(document).fault for document in documents] == [None] * len(documents)


def _beneficial(rules: str) -> dict[str, Any]:
    sketch = held("pa .6,ab .6,qb .4")
    for uid in "pq":
        sketch.party(uid, label="Person")
    document = beneficial_certificate(sketch.view(), "b", owner_rules()[rules])
    return dict(json.loads(json.dumps(document)))


@pytest.mark.parametrize(
    ("rules", "way", "value"),
    [
        ("beneficial_2024", ("found", 0, "at_least"), "0.01"),
        ("majority_2024", ("found", 0, "over"), "0"),
        ("beneficial_2024", ("found", 0, "title"), "董事"),
        ("beneficial_2024", ("found", 0, "rule"), "ii"),
        ("beneficial_2024", ("found", 0, "name"), "别人"),
        ("beneficial_2024", ("source",), "无"),
        ("beneficial_2024", ("shares", "snapshot"), "another"),
        ("beneficial_2024", ("shares", "as_of"), "2020-01-01"),
        ("beneficial_2024", ("shares", "method"), "CONTROL 1"),
        ("beneficial_2024", ("company",), "a"),
        ("majority_2024", ("found", 0, "gathered"), 600_001),
        ("majority_2024", ("control", 0, "as_of"), "2020-01-01"),
    ],
)
def test_a_test_is_that_of_the_rules_and_parts_are_of_one_day(
    rules: str, way: tuple[str | int, ...], value: int | str
) -> None:
    document = _beneficial(rules)
    assert check(document).ok
    assert refused(altered(document, way, value))


def test_a_number_of_many_digits_is_refused_and_ends_nothing() -> None:
    document = _beneficial("majority_2024")
    document["found"][0]["links"][0]["share"] = 10**40
    document["found"][0]["gathered"] = 10**40
    with pytest.raises(CertificateError, match="ppm"):
        check(document)


def test_rows_below_nothing_do_not_make_up_a_sum() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.3, key="one")
    sketch.link("p", "a", "HOLDS_SHARES", share=0.3, key="two")
    document = holdings_certificate(sketch.view(), "p")
    links = document["systems"][0]["companies"][0]["lines"][0]["links"]
    links["one"], links["two"] = 900_000, -300_000
    assert "is nothing" in str(check(document).fault)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("company",), "b"),
        (("notice",), "登记事实"),
        (("systems", 0, "name"), "别人"),
        (("systems", 0, "claims"), {}),
        (("systems", 0, "without_number"), ["c"]),
        (("systems", 1, "companies", 0, "lines", 0, "undisclosed"), 1),
    ],
)
def test_what_is_asked_for_is_what_is_answered(way: tuple[str | int, ...], value: Any) -> None:  # noqa: ANN401
    document = owners_certificate(held(RING).view(), "c", ["p"])
    assert check(document).ok
    assert refused(altered(document, way, value))


def test_one_holder_has_one_system_of_a_kind() -> None:
    document = owners_certificate(held(RING).view(), "c", ["p"])
    document["systems"].append(document["systems"][0])
    assert "two systems" in str(check(document).fault)


def test_one_who_votes_alone_has_no_pool() -> None:
    document = control_certificate(held("pr .6,rt .6").view(), "p")
    pooled = copy.deepcopy(document)
    pooled["sections"][0]["companies"][0]["votes"][0]["pooled"] = True
    assert refused(pooled)
    assert refused(altered(document, ("sections", 0, "holders"), ["p", "q"]))
    document["sections"][0]["companies"][1]["votes"][0]["link"] = "pr"
    assert "counts twice" in str(check(document).fault)


def test_companies_out_of_order_are_refused() -> None:
    document = control_certificate(held("pr .6,ps .6,rt .26,st .26").view(), "p")
    assert check(document).ok
    document["sections"][0]["companies"].reverse()
    assert not check(document).ok


def test_a_part_without_a_number_is_named_and_not_claimed() -> None:
    document = owners_certificate(held("ab 1,ba 1,pa .5").view(), "b", ["p"])
    system = document["systems"][0]
    assert (system["claims"], system["without_number"]) == ({}, ["a", "b"])
    assert check(document).ok


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"method": "OWN 2"},
        {"method": "OWN 1"},
        {"method": "OWN 1", "systems": [3]},
        {"method": "OWN 1", "systems": [{"holder": "p", "kind": "certain", "companies": [{}]}]},
        {"method": "CONTROL 1", "sections": [{"holders": [[]], "group": "", "companies": []}]},
        {"method": "CONTROL 1", "sections": [{"holders": [], "group": "", "companies": [{}]}]},
    ],
)
def test_what_is_no_certificate_is_refused_with_the_rule(document: object) -> None:
    with pytest.raises(CertificateError, match="must be"):
        check(document)


@pytest.mark.parametrize("ring", [float("nan"), "x", [], 1.5])
def test_a_ring_is_named_by_its_number(ring: object) -> None:
    document = owners_certificate(held("ab .4,ba .4,pa .5").view(), "b", ["p"])
    document["systems"][0]["companies"][0]["ring"] = ring
    with pytest.raises(CertificateError, match="ring"):
        check(document)


def test_the_checks_need_neither_arrays_nor_a_snapshot() -> None:
    code = (
        "import sys, graph.analysis.checks\n"
        "heavy = {'numpy', 'numba', 'polars', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'{heavy}' if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
