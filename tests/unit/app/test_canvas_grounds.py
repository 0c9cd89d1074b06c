"""Guarantee rings under the parties of a picture."""

from datetime import date
from typing import Any

import pytest

from app.canvas.grounds import grounds, rings_of
from app.canvas.whole import legend, whole_picture

DAY = date(2026, 11, 1)
SQUARE = {"title": "企业", "shape": "square", "fill": "#1F4E8C", "ink": "#FFFFFF", "order": 0}


def _drawn(*edges: dict[str, Any]) -> dict[str, Any]:
    ids = sorted({edge[end] for edge in edges for end in ("from", "to")})
    return {
        "nodes": [
            {"id": one, "name": one, "style": "E", "x": 200.0 * place, "y": 90.0 * (place % 2)}
            for place, one in enumerate(ids)
        ],
        "edges": list(edges),
        "styles": {"E": SQUARE},
        "types": {
            "GUARANTEES": {"title": "担保", "colour": "#B5651D"},
            "HOLDS_SHARES": {"title": "持股", "colour": "#333333"},
        },
        "levels": {},
        "letters": {},
    }


def _surety(pair: str, **said: object) -> dict[str, Any]:
    return {"id": pair, "from": pair[0], "to": pair[1], "type": "GUARANTEES"} | said


RING = [_surety("ab"), _surety("bc"), _surety("ca")]


def test_a_ring_is_who_stands_surety_for_each_other_and_nobody_else() -> None:
    drawn = _drawn(*RING, _surety("cd"), _surety("ef"), _surety("fe"))

    assert rings_of(drawn, DAY) == [["a", "b", "c"], ["e", "f"]]


@pytest.mark.parametrize(
    "said",
    [
        {"until": "2026-11-01"},
        {"kind": "lead"},
        {"gone": True},
        {"type": "HOLDS_SHARES"},
    ],
)
def test_what_does_not_hold_today_makes_no_ring(said: dict[str, object]) -> None:
    assert rings_of(_drawn(*RING[:2], _surety("ca", **said)), DAY) == []


def test_a_guarantee_that_ends_later_still_makes_one() -> None:
    drawn = _drawn(*RING[:2], _surety("ca", until="2026-11-02"))

    assert rings_of(drawn, DAY) == [["a", "b", "c"]]


def test_the_picture_shows_the_ring_and_its_legend_and_others_show_none() -> None:
    ringed, other = _drawn(*RING), _drawn(*RING[:2])
    svg = whole_picture(ringed, ["说明"], DAY, "zh", "svg").decode()

    # Once beside the ground, once in the legend.
    assert svg.count(">担保圈<") == 2
    assert "<polygon" in svg
    assert "#b5651d" in svg
    assert "Guarantee ring" in whole_picture(ringed, ["x"], DAY, "en", "svg").decode()
    assert "担保圈" not in whole_picture(other, ["说明"], DAY, "zh", "svg").decode()
    assert grounds(other, DAY, "担保圈", 1.0) == ""
    assert dict(legend(other, "zh", DAY))["底色"] == []


def test_parties_on_one_spot_have_a_ground_too() -> None:
    drawn = _drawn(_surety("ab"), _surety("ba"))
    for node in drawn["nodes"]:
        node["x"], node["y"] = 0.0, 0.0

    assert "担保圈" in whole_picture(drawn, ["说明"], DAY, "zh", "svg").decode()
