"""Hashes of texts: the same whichever way, of few texts and of many."""

import subprocess
import sys

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


def test_threads_hash_many_texts_at_once_and_the_process_ends_without_a_word() -> None:
    asked = (
        "import hashlib; from concurrent.futures import ThreadPoolExecutor; import polars as pl; "
        "from loaders.digests import md5_hex; texts = pl.Series(map(str, range(30_000))); "
        "pool = ThreadPoolExecutor(4); found = list(pool.map(lambda _: md5_hex(texts), range(8))); "
        "wanted = [hashlib.md5(text.encode()).hexdigest() for text in texts]; "
        "print([one.to_list() == wanted for one in found] == [True] * 8)"
    )
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("True\n", "")
