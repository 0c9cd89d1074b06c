"""Names as rows of numbered characters."""

import polars as pl
import pytest

from graph.names import letters
from graph.names.letters import Letters, spelt_out


def _read(found: Letters) -> list[str]:
    return [
        "".join(chr(found.codes[number]) for number in found.chars[start:stop])
        for start, stop in zip(found.first, found.first[1:], strict=False)
    ]


def test_names_are_kept_simplified_in_half_width_capitals_without_signs() -> None:
    found = spelt_out(pl.Series(["中國（深圳）ＡＢ-c", None, "", "恒裕"]))

    assert _read(found) == ["中国深圳ABC", "", "", "恒裕"]
    assert found.lengths().tolist() == [7, 0, 0, 2]
    assert found.chars.dtype.itemsize == 2


def test_characters_that_no_name_has_are_numbered_where_asked_for() -> None:
    found = spelt_out(pl.Series(["恒裕"]), ("粤",))

    assert found.number[ord("粤")] >= 0
    assert found.number[ord("湘")] == -1


def test_names_are_the_same_however_many_are_spelt_out_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = pl.Series(["广东恒裕", "裕恒国际", None, "TCL", "恒"])
    whole = spelt_out(names)
    monkeypatch.setattr(letters, "_PIECE", 2)

    found = spelt_out(names)

    assert _read(found) == _read(whole)
    assert found.codes.tolist() == whole.codes.tolist()


def test_no_names_are_no_letters() -> None:
    assert _read(spelt_out(pl.Series([], dtype=pl.String))) == []
