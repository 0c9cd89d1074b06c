"""Case number 案号 and document number 文书号: one form for all styles of brackets."""

import re
import unicodedata

_OPEN, _CLOSE = "〔［[（【", "〕］]）】"
_BRACKETS = str.maketrans({**dict.fromkeys(_OPEN, "("), **dict.fromkeys(_CLOSE, ")")})
# (2022)粤0106执1234号: year, province and court, kind of case, number.
COURT = re.compile(
    r"\((\d{4})\)([\u4e00-\u9fff])(\d{2,4})?([\u4e00-\u9fff]+)(\d+)号(之[一二三四五])?\Z"
)
YEAR = re.compile(r"\((\d{4})\)")


def fold(text: str) -> str:
    """Return a number with half-width digits and brackets, without spaces.

    >>> fold("粤税罚〔2018〕 40号")
    '粤税罚(2018)40号'
    """
    folded = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    return "".join(folded.split())


def is_court_number(text: str) -> bool:
    """Return whether a number has the form that courts have used since 2016."""
    return COURT.match(fold(text)) is not None


def year_of(text: str) -> int | None:
    """Return the year in brackets, or None."""
    found = YEAR.search(fold(text))
    return int(found[1]) if found else None
