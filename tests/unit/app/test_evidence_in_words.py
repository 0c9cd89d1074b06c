"""Every piece of evidence that resolution can write has its words in English."""

import re
from collections.abc import Iterator

import polars as pl
import pytest

from app.presenters.evidence import evidence_in
from graph.names.features import Feature
from graph.names.organisations import ORGANISATION
from graph.names.persons import PERSON

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _pieces(features: tuple[Feature, ...]) -> Iterator[str]:
    for feature in features:
        for level in feature.levels:
            places = {name: ["7"] for name in level.words.meta.root_names()}
            words = pl.DataFrame(places or {"one": ["7"]}).select(level.words.alias("words"))
            yield from (one for one in words["words"] if one)


@pytest.mark.parametrize("piece", sorted({*_pieces(ORGANISATION), *_pieces(PERSON)}))
def test_each_piece_has_english_words(piece: str) -> None:
    assert not _CHINESE.search(evidence_in(piece, "en"))
    assert evidence_in(piece, "zh") == piece


def test_what_speaks_against_and_the_values_are_kept() -> None:
    words = "名称相近：恒岭公司 ／ 恒嶺公司；字号相同（恒岭）"
    words += "；不支持：登记号码不同；一方没有统一社会信用代码"
    assert evidence_in(words, "en") == (
        "names are near: 恒岭公司 / 恒嶺公司; same brand (恒岭);"
        " speaks against: different registration numbers; one has no unified social credit code"
    )


def test_more_exact_words_win_and_unknown_ones_stay() -> None:
    assert evidence_in("姓名相同（张伟），两字姓名重名多", "en") == (
        "same name (张伟); names of two characters are borne by many"
    )
    assert evidence_in("由外部名册给出", "en") == "由外部名册给出"
