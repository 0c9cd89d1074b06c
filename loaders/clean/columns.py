"""One cleaner a kind of value: text column in, typed columns and broken rows out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl
from pyarrow import compute

from graph.identifiers.credit_code import LENGTH as CREDIT_LENGTH
from graph.identifiers.identity import IdentityKey
from graph.identifiers.region import LENGTH as REGION_LENGTH
from graph.identifiers.region import current, regions
from loaders.catalogue.resource import ValueKind
from loaders.clean import codes, numbers
from loaders.clean.names import shown_name
from loaders.clean.texts import evaluated, folded, identity_masked, joined, without

# 15 digits of a tax number are a region and an organisation code; 18 a credit code; others 20.
_TAX_NUMBER = r"^[0-9A-Z]{15}$|^[0-9A-Z]{18}$|^[0-9A-Z]{17}$|^[0-9A-Z]{20}$"
# The shortest local telephone number.
_PHONE_LENGTH = 7
# Rows up to which columns of one kind are read together; of more each has work enough.
SHORT = 20_000
_OPEN, _CLOSE = ("〔", "［", "[", "（", "【"), ("〕", "］", "]", "）", "】")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a column became.

    `columns` are series by suffix, "" is the value itself; `broken` says which rows hold something
    that cannot be read; `rule` what was asked of them.
    """

    columns: Mapping[str, pl.Series]
    broken: pl.Series
    rule: str


def clean_columns(
    frame: pl.DataFrame, columns: Sequence[str], clean: Callable[[pl.DataFrame, str], Cleaned]
) -> dict[str, Cleaned]:
    """Return what `clean` makes of each of some text columns of one kind.

    Of short ones it is asked once: a cell follows from its text alone, and what reading a column
    costs at least is more than its texts do.
    """
    height = frame.height
    if height > SHORT or len(columns) == 1:
        return {column: clean(frame, column) for column in columns}
    read = clean(_under_each_other([frame[column] for column in columns]).to_frame(), "text")
    return {
        column: Cleaned(
            {suffix: each.slice(place * height, height) for suffix, each in read.columns.items()},
            read.broken.slice(place * height, height),
            read.rule,
        )
        for place, column in enumerate(columns)
    }


def each_of(
    columns: Sequence[pl.Series], look: Callable[[pl.Series], pl.Series]
) -> list[pl.Series]:
    """Return what `look` makes of each of some text columns of one length, by its cells alone.

    Of short ones it is asked once, as of `clean_columns`.
    """
    height = len(columns[0]) if columns else 0
    if height > SHORT or len(columns) <= 1:
        return [look(column) for column in columns]
    found = look(_under_each_other(columns))
    return [found.slice(place * height, height) for place in range(len(columns))]


def _under_each_other(columns: Sequence[pl.Series]) -> pl.Series:
    texts = [column.cast(pl.String).alias("text") for column in columns]
    return pl.concat(texts, rechunk=True)


def clean_column(
    frame: pl.DataFrame,
    column: str,
    kind: ValueKind,
    unit: str | None,
    choices: Mapping[str, tuple[str, ...]],
    key: IdentityKey,
) -> Cleaned:
    """Return a text column as its kind; words that stand for nothing are null in every kind.

    A wrong check character never breaks a row: the code is null and `_raw` keeps what was given.
    """
    # What a cell becomes follows from its text alone, and most texts repeat: each is read once.
    unique, places = _once(frame[column].cast(pl.String))
    read = _clean(unique, kind, unit, choices, key)
    columns = {suffix: series.gather(places) for suffix, series in read.columns.items()}
    return Cleaned(columns, read.broken.gather(places), read.rule)


def _once(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return each text once, null too, in order of its first row; and of each row which it is.

    Arrow looks each text up once; polars finds them, and a second time where they stand.
    """
    given = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    coded = compute.dictionary_encode(given, null_encoding="encode")
    return pl.Series(coded.dictionary, dtype=pl.String), pl.Series(coded.indices)


def _clean(
    texts: pl.Series,
    kind: ValueKind,
    unit: str | None,
    choices: Mapping[str, tuple[str, ...]],
    key: IdentityKey,
) -> Cleaned:
    if kind in _CODES:
        return _code(texts, _CODES[kind])
    if kind in (ValueKind.ID_NUMBER, ValueKind.PHONE):
        return (_identity if kind is ValueKind.ID_NUMBER else _phone)(texts, key)
    if kind is ValueKind.CHOICE:
        return _choice(texts, choices)
    return _region(texts) if kind is ValueKind.REGION else _plain(texts, kind, unit)


Reader = Callable[[pl.Series, str | None], tuple[pl.Series, pl.Series]]
# Kinds that can be broken, with what is asked of them.
_READ: dict[ValueKind, tuple[Reader, str]] = {
    ValueKind.MONEY: (numbers.amounts, "must be an amount of money"),
    ValueKind.DATE: (lambda texts, _: numbers.dates(texts), "must be a date as 2026-11-23"),
    ValueKind.FRACTION: (numbers.fractions, "must be a share from 0 to 100 percent"),
    ValueKind.INTEGER: (lambda texts, _: numbers.integers(texts), "must be a whole number"),
    ValueKind.BOOLEAN: (lambda texts, _: numbers.truths(texts), "must be 是 or 否"),
}


_NUMBERS = (ValueKind.MONEY, ValueKind.FRACTION, ValueKind.INTEGER)
# What a program writes that has failed to make a number: no department's word for what is unknown.
_NOT_A_NUMBER = r"(?i)^\s*[-+]?nan\s*%?\s*$"


def _not_a_number(texts: pl.Series) -> pl.Series:
    return texts.str.normalize("NFKC").str.contains(_NOT_A_NUMBER)


def _plain(texts: pl.Series, kind: ValueKind, unit: str | None) -> Cleaned:
    if kind in _READ:
        reader, rule = _READ[kind]
        value, broken = reader(texts, unit)
        if kind in _NUMBERS:
            broken = broken | _not_a_number(texts)
        return Cleaned({"": value}, broken.fill_null(value=False), rule)
    return Cleaned({"": _TEXTS.get(kind, folded)(texts)}, _never(len(texts)), "")


def _case_number(texts: pl.Series) -> pl.Series:
    text = joined(texts)
    for opening in _OPEN:
        text = text.str.replace_all(opening, "(", literal=True)
    for closing in _CLOSE:
        text = text.str.replace_all(closing, ")", literal=True)
    return text


_TEXTS: dict[ValueKind, Callable[[pl.Series], pl.Series]] = {
    ValueKind.NAME: shown_name,
    ValueKind.CASE_NUMBER: _case_number,
    ValueKind.EMAIL: lambda texts: joined(texts).str.to_lowercase(),
    ValueKind.ADDRESS: joined,
}


def _tax_numbers(texts: pl.Series) -> pl.Series:
    """Return which texts can be tax numbers; a credit code must be valid as such."""
    form = texts.str.contains(_TAX_NUMBER).fill_null(value=False)
    credit = (texts.str.len_chars() == CREDIT_LENGTH).fill_null(value=False)
    return form & (~credit | codes.valid_credit_codes(texts))


_CODES: dict[ValueKind, Callable[[pl.Series], pl.Series]] = {
    ValueKind.CREDIT_CODE: codes.valid_credit_codes,
    ValueKind.ORG_CODE: codes.valid_organisation_codes,
    ValueKind.REGISTRATION_NUMBER: codes.valid_registration_numbers,
    ValueKind.TAX_NUMBER: _tax_numbers,
}


def _never(height: int) -> pl.Series:
    return pl.Series([False], dtype=pl.Boolean).new_from_index(0, height)


def _code(texts: pl.Series, valid: Callable[[pl.Series], pl.Series]) -> Cleaned:
    """Return codes; what is a person's identity number is none, and only its mask is kept.

    One identity number in 341 passes both checks of a credit code by chance; a credit code can be
    an identity number only where its region ends in 19 or 20.
    """
    folded_texts = codes.folded_codes(texts)
    frame = pl.DataFrame(
        {
            "text": folded_texts,
            "right": valid(folded_texts),
            "person": codes.full_identity_numbers(folded_texts).is_not_null()
            & (folded_texts.str.len_chars() == CREDIT_LENGTH),
        }
    )
    organisation = pl.col("right") & ~pl.col("person").fill_null(value=False)
    frame = evaluated(
        frame,
        pl.when(organisation).then("text").alias("value"),
        identity_masked(pl.col("text")).alias("raw"),
    )
    return Cleaned({"": frame["value"], "_raw": frame["raw"]}, _never(len(texts)), "")


def _hashes(values: pl.Series, key: IdentityKey) -> pl.Series:
    """Return the keyed hash of each value."""
    return pl.Series(list(key.hashes(values.to_list())), dtype=pl.String)


def _identity(texts: pl.Series, key: IdentityKey) -> Cleaned:
    given = codes.folded_codes(texts)
    number = codes.full_identity_numbers(given)
    text, whole = pl.col("given"), pl.col("number")
    masked = text.str.contains(r"^[0-9X*]{15}$|^[0-9X*]{18}$")
    mask = text.str.slice(0, 6) + "********" + text.str.slice(-4)
    frame = evaluated(
        pl.DataFrame({"given": given, "number": number}),
        pl.when(masked)
        .then(pl.when(text.str.contains("*", literal=True)).then(text).otherwise(mask))
        .alias("mask"),
        whole.str.slice(6, 4).cast(pl.Int64).alias("year"),
        pl.when(whole.str.slice(16, 1).cast(pl.Int32) % 2 == 1)
        .then(pl.lit("男"))
        .when(whole.is_not_null())
        .then(pl.lit("女"))
        .alias("sex"),
    )
    columns = {
        "": _hashes(number, key),
        "_mask": frame["mask"],
        "_birth_year": frame["year"],
        "_sex": frame["sex"],
    }
    return Cleaned(columns, _never(len(texts)), "")


def _phone(texts: pl.Series, key: IdentityKey) -> Cleaned:
    digits = joined(texts).str.replace_all(r"\D", "").str.replace(r"^86(1\d{10})$", "${1}")
    digits = without(digits, digits.str.len_chars() < _PHONE_LENGTH)
    masks = digits.str.slice(0, 3) + "****" + digits.str.slice(-4)
    return Cleaned({"": _hashes(digits, key), "_mask": masks}, _never(len(texts)), "")


def _choice(texts: pl.Series, choices: Mapping[str, tuple[str, ...]]) -> Cleaned:
    words = {word: code for code, several in choices.items() for word in (code, *several)}
    frame = joined(texts).alias("text").to_frame()
    default = "other" if "other" in choices else None
    code = pl.col("text").replace_strict(words, default=default, return_dtype=pl.String)
    read = frame.with_columns(pl.when(pl.col("text").is_not_null()).then(code).alias("code"))
    broken = read.select(pl.col("text").is_not_null() & pl.col("code").is_null()).to_series()
    known = ", ".join(several[0] if several else code for code, several in choices.items())
    return Cleaned({"": read["code"]}, broken, f"must be one of {known}")


def _region(texts: pl.Series) -> Cleaned:
    """Return six-digit codes that are valid today; a longer code is cut, a name is looked up."""
    frame = joined(texts).alias("text").to_frame()
    found: dict[str, str | None] = {}
    for text in frame["text"].drop_nulls().unique():
        found[text] = current(text[:REGION_LENGTH]) if text.isdigit() else _named(text)
    if not found:
        return Cleaned({"": frame["text"]}, _never(len(texts)), "")
    code = pl.col("text").replace_strict(found, default=None, return_dtype=pl.String)
    return Cleaned({"": frame.select(code).to_series()}, _never(len(texts)), "")


def _named(text: str) -> str | None:
    """Return the valid code of a region's name; None where two regions have it."""
    bearing = _bearing().get(text, [])
    return bearing[0] if len(bearing) == 1 else None


@cache
def _bearing() -> dict[str, list[str]]:
    """Return the valid codes of each region's name."""
    found: dict[str, list[str]] = {}
    for one in regions().values():
        if one.valid:
            found.setdefault(one.name, []).append(one.code)
    return found
