"""A certificate holds without the snapshot, and no digit of it can be changed."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.analysis.certificate import certificate
from graph.analysis.checks import read
from graph.analysis.edits import AddRecord, DropLink
from graph.analysis.exposure import expose
from graph.analysis.verify import NOTICE, verify
from graph.errors import CertificateError
from graph.snapshot import form
from tests.agreement.sketch import Sketch

ROOT = Path(__file__).resolve().parents[4]


def wide(sources: int = 30) -> Sketch:
    sketch = Sketch()
    sketch.record("big", "s", severity="serious", record_class="penalty")
    sketch.record("second", "s", "abnormal_operation")
    sketch.link("s", "m", "GUARANTEES")
    sketch.link("m", "v", "REPRESENTS")
    sketch.link("h", "s", "HOLDS_SHARES", share=0.17)
    sketch.link("h", "v", "HOLDS_SHARES", share=0.9)
    for number in range(sources):
        sketch.record(f"r{number:02}", f"t{number:02}", strength=0.011)
        sketch.link(f"t{number:02}", "v", p=0.013)
    return sketch


def parts_of(part: object) -> Iterator[dict[str, Any]]:
    inside = part if isinstance(part, list) else []
    if isinstance(part, dict):
        yield part
        inside = list(part.values())
    for item in inside:
        yield from parts_of(item)


def other_values(key: str, value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    if key in ("p", "S"):
        return [value + 1, abs(value - 1)]
    if key not in ("product", "T", "factor"):
        return []
    digits = [place for place, digit in enumerate(value) if digit.isdigit()]
    return [
        value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :] for place in digits
    ]


@pytest.mark.parametrize("kind", form.TYPES)
def test_a_link_of_any_type_that_a_snapshot_has_may_be_in_a_certificate(kind: str) -> None:
    sketch = Sketch()
    sketch.record("r", "s")
    sketch.link("s", "v", kind, p=0.3)
    document = certificate(sketch.view(), "v")
    assert document["tree"]["children"][0]["type"] == kind
    assert verify(document).ok


def test_a_certificate_adds_up_and_its_root_is_x() -> None:
    view = wide().view()
    document = json.loads(json.dumps(certificate(view, "v")))
    found = verify(document)
    assert (found.ok, found.fault) == (True, None)
    assert abs(float(document["tree"]["T"]) - expose(view, "v").exposure) < 1e-7
    assert document["tree"]["rest"]["children"] > 0
    assert document["notice"] == NOTICE


def test_no_digit_can_be_changed() -> None:
    document = certificate(wide(3).view(), "v")
    tried = 0
    for part in parts_of(document["tree"]):
        for key, before in list(part.items()):
            for value in other_values(key, before):
                part[key] = value
                assert not verify(document).ok, (key, before, value)
                part[key] = before
                tried += 1
    assert tried > 100
    assert verify(document).ok


def test_edits_are_named_and_certified() -> None:
    sketch = wide()
    key = sketch.link("s", "v", "BRANCH_OF")
    document = certificate(
        sketch.view(), "v", edits=[DropLink(key), AddRecord("m", "serious_list")]
    )
    assert verify(document).ok
    assert len(document["edits"]) == 2


def test_a_party_without_exposure_has_a_certificate_of_nothing() -> None:
    sketch = wide()
    sketch.party("alone")
    document = certificate(sketch.view(), "alone")
    assert (document["tree"]["T"], document["tree"]["children"]) == ("0.000000000", [])
    assert verify(document).ok


def test_given_factors_and_cited_service_are_named_as_such() -> None:
    sketch = Sketch()
    first = sketch.link("firm", "e", "PERFORMED")
    second = sketch.link("e", "client", "ENGAGED_FOR")
    row = sketch.link("firm", "client", "SERVES", flags=form.DERIVED)
    sketch.via.append((row, "e", first, second))
    sketch.record("cited", "client", strength=0.5, cites="e")
    sketch.record("other", "client", strength=0.5)
    sketch.link("x", "firm", p=0.99)
    sketch.record("x", "x", strength=0.3)
    document = json.loads(json.dumps(certificate(sketch.view(), "firm")))
    assert verify(document).ok
    factors = {child["p"]: child["factors"] for child in document["tree"]["children"]}
    assert factors[600_000]["beta"] == "0.6"
    assert factors[100_000]["beta"] == "0.1"
    assert factors[950_000] == {"given": "0.99"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"method": "other"}, "method"),
        ({"tree": None}, "tree"),
        ({"X": "many"}, "number"),
        ({"X": "1e-1"}, "decimal"),
        ({"X": 0.5}, "X"),
        ({"hops": True}, "hops"),
        ({"hops": 1}, "farther"),
    ],
)
def test_what_is_no_certificate_is_refused(change: dict[str, Any], word: str) -> None:
    document = certificate(wide(2).view(), "v") | change
    with pytest.raises(CertificateError, match=word):
        verify(document)


def test_another_x_or_uid_or_a_walk_that_comes_back_is_a_fault() -> None:
    document = certificate(wide(2).view(), "v")
    assert "root" in str(verify(document | {"X": "0.5"}).fault)
    assert "uid" in str(verify(document | {"uid": "m"}).fault)
    turned = copy.deepcopy(document)
    turned["tree"]["children"][0]["from"]["node"] = "v"
    assert "comes back" in str(verify(turned).fault)


def _of(document: dict[str, Any], *way: str | int) -> Any:  # noqa: ANN401 - JSON
    part: Any = document
    for key in way:
        part = part[key]
    return part


@pytest.mark.parametrize(
    ("way", "key", "value", "word"),
    [
        ((), "notice", "失信记录", "notice"),
        ((), "snapshot", "", "snapshot"),
        ((), "name", "另一家", "name"),
        ((), "hops", 1_000_000, "hops"),
        ((), "strength_cap", 10**12, "cap"),
        (("tree", "children", 0), "type", "OWNS", "type"),
        (("tree", "children", 0), "way", "sideways", "way"),
        ((), "as_of", "20261122", "as_of"),
        (("tree", "children", 0), "factors", {"beta": "-0.6", "phi": "-1.0"}, "other factors"),
    ],
)
def test_what_stands_beside_the_numbers_is_checked_too(
    way: tuple[str | int, ...],
    key: str,
    value: object,
    word: str,
) -> None:
    document = copy.deepcopy(certificate(wide(2).view(), "v"))
    _of(document, *way)[key] = value
    assert word in str(verify(document).fault)


@pytest.mark.parametrize("day", ["2026-13-01", "昨天", ""])
def test_a_day_is_a_day(day: str) -> None:
    with pytest.raises(CertificateError, match="as_of"):
        verify(certificate(wide(2).view(), "v") | {"as_of": day})


def test_two_factors_below_nothing_are_no_factors() -> None:
    document = copy.deepcopy(certificate(wide(2).view(), "v"))
    factors = document["tree"]["children"][0]["factors"]
    factors["beta"], factors["phi"] = f"-{factors['beta']}", f"-{factors['phi']}"
    assert "is not 0..1" in str(verify(document).fault)


def test_one_record_and_one_way_count_once() -> None:
    document = copy.deepcopy(certificate(wide(2).view(), "v"))
    tree = document["tree"]
    tree["children"].append(copy.deepcopy(tree["children"][0]))
    assert "counts twice" in str(verify(document).fault)
    document = copy.deepcopy(certificate(wide(2).view(), "v"))
    records = document["tree"]["children"][0]["from"]["children"][0]["from"]["records"]
    records.append(dict(records[0]))
    assert "counts twice" in str(verify(document).fault)


def test_a_name_that_stands_twice_in_one_object_is_refused() -> None:
    text = json.dumps(certificate(wide(2).view(), "v"), ensure_ascii=False)
    with pytest.raises(CertificateError, match="stands twice"):
        read(text.replace('"X":', '"X": "0.1", "X":', 1).encode())
    assert verify(read(b"\xef\xbb\xbf" + text.encode())).ok  # type: ignore[arg-type]


def test_the_checker_needs_no_arrays() -> None:
    text = (
        "import sys, graph.analysis.verify\n"
        "print([name for name in ('numba', 'numpy', 'polars') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("part", ["children", "records"])
@pytest.mark.parametrize("value", [None, 1, "x", []])
def test_a_list_of_something_else_than_objects_is_refused(part: str, value: object) -> None:
    document = copy.deepcopy(certificate(wide(2).view(), "v"))
    document["tree"][part] = [value]

    with pytest.raises(CertificateError, match=part):
        verify(document)


@pytest.mark.parametrize("text", ["1e999999999", "1E-5", "NaN", "Infinity", "1_0"])
def test_a_number_is_a_plain_decimal_before_it_is_written_out(text: str) -> None:
    with pytest.raises(CertificateError, match="plain decimal"):
        verify(certificate(wide(2).view(), "v") | {"X": text})
