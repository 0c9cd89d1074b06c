"""Names as they are compared, one by one, and in simplified characters."""

import re
import unicodedata
from functools import cache
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray
from opencc import OpenCC

# Brackets of any form, those that NFKC leaves as they are among them.
OPEN, CLOSE = r"[(〔【\[{〈《]", r"[)〕】\]}〉》]"
# Whatever is neither letter, digit, Han character nor bracket tells no names apart.
NOISE = r"[^0-9A-Z\u3400-\u9fff\U00020000-\U0002ffff\u00c0-\u024f()]"
# Beyond the first plane GB 2312 has nothing, and nothing at its end.
_LAST = 0xFFFF
# What a stock exchange puts around a short name: risk marks before it, the class of shares behind.
_BEFORE = re.compile(r"^(?:S?\*?S?T|退市|XD|XR|DR)(?=[\u3400-\u9fff])")
_BEHIND = re.compile(r"(?<=[\u3400-\u9fff])(?:退|[AB]股|[ABHNSUVW]{1,3})$")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(texts: pl.Series) -> pl.Series:
    """Return texts in simplified characters; each different text is converted once."""
    unique = texts.drop_nulls().unique()
    # Texts that GB 2312 can hold have no traditional characters: most are spared the dictionary.
    rare = unique.filter(_outside_gb2312(unique))
    if rare.is_empty():
        return texts
    changed = {text: plain for text in rare if (plain := _converter().convert(text)) != text}
    return texts.replace(changed) if changed else texts


def _outside_gb2312(texts: pl.Series) -> pl.Series:
    """Return which texts have a character that GB 2312 does not know, all of them at once."""
    characters = np.frombuffer(texts.str.join("").item().encode("utf-32-le"), "<u4")
    strange = ~_gb2312()[np.minimum(characters, _LAST)]
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    running = np.concatenate(([0], np.cumsum(strange)))
    ends = np.cumsum(lengths)
    return pl.Series(running[ends] > running[ends - lengths], dtype=pl.Boolean)


@cache
def _gb2312() -> NDArray[np.bool_]:
    """Return by code point whether GB 2312 knows the character; the last stands for all beyond."""
    known = np.zeros(_LAST + 1, np.bool_)
    # Its characters are two bytes from A1 on each, beside ASCII. What it has not left a place for
    # is passed over, byte by byte: a line's end is where the next pair begins.
    pairs = b"\n".join(bytes(pair) for pair in product(range(0xA1, 0xFF), repeat=2))
    said = pairs.decode("gb2312", "ignore") + "".join(map(chr, range(128)))
    known[np.frombuffer(said.encode("utf-32-le"), "<u4")] = True
    return known


def _in_gb2312(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def comparable(text: str) -> str:
    """Return a name as it is compared: simplified, half-width, capital, without spaces and signs.

    >>> comparable("中國投資（香港） 有限公司")
    '中国投资(香港)有限公司'
    """
    plain = text if _in_gb2312(text) else _converter().convert(text)
    folded = unicodedata.normalize("NFKC", plain).upper()
    return re.sub(NOISE, "", re.sub(CLOSE, ")", re.sub(OPEN, "(", folded)))


def short_form(text: str) -> str:
    """Return a short name as it is looked for: comparable, without an exchange's marks.

    >>> short_form("*ST全新"), short_form("万科A"), short_form("TCL科技")
    ('全新', '万科', 'TCL科技')
    """
    plain = re.sub(r"[()]", "", comparable(text.replace("*", "")))
    return _BEHIND.sub("", _BEFORE.sub("", plain)) or plain
