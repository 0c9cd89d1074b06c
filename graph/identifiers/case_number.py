"""Case number 案号 and document number 文书号: one form for all styles of brackets."""

import unicodedata

_OPEN, _CLOSE = "〔［[（【", "〕］]）】"
_BRACKETS = str.maketrans({**dict.fromkeys(_OPEN, "("), **dict.fromkeys(_CLOSE, ")")})


def fold(text: str) -> str:
    """Return a number with half-width digits and brackets, without spaces.

    >>> fold("粤税罚〔2018〕 40号")
    '粤税罚(2018)40号'
    """
    folded = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    return "".join(folded.split())
