"""Quality that was reached is kept: benchmarks/quality.json holds the least that is allowed."""

import json

import pytest

from benchmarks.names import PAIRS, hits, pairs
from tests.conftest import ROOT

KEPT = json.loads((ROOT / "benchmarks" / "quality.json").read_text("utf-8"))


def test_short_names_find_their_full_names_as_often_as_they_did() -> None:
    if not PAIRS.exists():
        pytest.skip(f"public data is absent: {PAIRS.name}")
    first, among = hits(*pairs())
    assert first >= KEPT["names: first hit"]
    assert among >= KEPT["names: among the first five"]
