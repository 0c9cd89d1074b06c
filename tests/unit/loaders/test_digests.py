"""Hashes of texts: the same whichever way, of few texts and of many."""

import polars as pl

from loaders import digests
from loaders.digests import md5_hex


def test_few_texts_and_many_have_the_same_hashes() -> None:
    texts = pl.Series(["甲公司", "", None, "a\x1fb"], dtype=pl.String)
    many = pl.concat([texts] * (digests._FEW // 4 + 1))
    assert len(many) > digests._FEW

    for length in (7, 16, 32):
        few = md5_hex(texts, length)

        assert few.to_list()[1:3] == ["d41d8cd98f00b204e9800998ecf8427e"[:length], None]
        assert md5_hex(many, length)[:4].to_list() == few.to_list()
        assert md5_hex(many, length).dtype == few.dtype == pl.String
        assert md5_hex(many, length).name == few.name
