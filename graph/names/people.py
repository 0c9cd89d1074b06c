"""Names of persons as they are looked for: one key for all ways in which one name is written."""

import polars as pl

from graph.names.key import simplified

# Surnames that offices write one for the other since the simplification of characters
# (domain: 萧/肖, 傅/付, 阎/闫, 戴/代, 邱/丘, 於/于): one stands for both.
_SURNAMES = {"萧": "肖", "傅": "付", "阎": "闫", "戴": "代", "邱": "丘", "於": "于", "锺": "钟"}
# What is added to a name and is none of it.
_ADDED = r"(先生|女士|小姐|\(.*\)|（.*）)$"
# A name that leaves out what it is: 张*, 张某, 张某某. It tells nobody.
_HIDDEN = r"[*＊×某]"
_SHORTEST = 2
# A name that none of this changes: 某 hides, and 先生, 女士, 小姐 may be added.
_PLAIN = r"^[\u3400-\u9fff--某先生女士小姐]{2,}$"
_TWO_WAYS = rf"^[{''.join(_SURNAMES)}]"


def person_key(names: pl.Series) -> pl.Series:
    """Return names of persons as they are looked for; null where a name tells nobody.

    Simplified characters, no dots; a surname that is written in two ways in one of them; words in
    Latin letters in the order of the alphabet, because offices differ on which comes first.

    >>> person_key(pl.Series(["蕭 敬騰", "阿卜杜拉·买买提", "张某某"])).to_list()
    ['肖敬腾', '阿卜杜拉买买提', None]
    >>> person_key(pl.Series(["John Smith", "SMITH, John"])).to_list()
    ['JOHN SMITH', 'JOHN SMITH']
    """
    text = simplified(names.cast(pl.String))
    # Most names are Han characters alone and stay as they are.
    others = (~text.str.contains(_PLAIN)).fill_null(value=False).arg_true().to_numpy()
    text = text.scatter(others, _folded(text.gather(others)))
    written = text.str.contains(_TWO_WAYS).fill_null(value=False).arg_true().to_numpy()
    name, first = pl.col("name"), pl.col("name").str.slice(0, 1).replace(_SURNAMES)
    several = text.gather(written).alias("name").to_frame()
    one_way = several.select(pl.concat_str(first, name.str.slice(1))).to_series()
    return text.scatter(written, one_way).alias(names.name)


def _folded(names: pl.Series) -> pl.Series:
    """Return the Han characters of names, or where there are none their words in Latin letters."""
    name = pl.col("name")
    text = name.str.normalize("NFKC").str.strip_chars().str.replace(_ADDED, "")
    text = text.str.to_uppercase()
    latin = text.str.extract_all(r"[A-Z\u00C0-\u024F]+").list.sort().list.join(" ")
    han = text.str.replace_all(r"[^\u3400-\u9fff\U00020000-\U0002ffff]", "")
    key = pl.when(han.str.len_chars() > 0).then(han).otherwise(latin)
    told = ~name.str.contains(_HIDDEN) & (key.str.len_chars() >= _SHORTEST)
    return names.alias("name").to_frame().select(pl.when(told).then(key)).to_series()
