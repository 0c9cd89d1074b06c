"""The names of every party, cut in their parts: by these it is found, and they are kept."""

import polars as pl

from graph.names.people import person_key
from graph.names.segments import segments

# One row a party and name. `open`: no code and no identity number is known of it, so that it may be
# somebody known already. `former`: it was called so. `found_by` is the name as it is looked for:
# a person's folded, an organisation's without brackets; region, brand, trade, form and tail are its
# parts, `codes` the regions that it may mean, joined by "|". `numbers` of an organisation are those
# given once a kind, as "kind:value".
PROFILE: dict[str, type[pl.DataType] | pl.DataType] = {
    "uid": pl.String,
    "name_key": pl.String,
    "name": pl.String,
    "record_id": pl.String,
    "person": pl.Boolean,
    "open": pl.Boolean,
    "former": pl.Boolean,
    "found_by": pl.String,
    "region": pl.String,
    "codes": pl.String,
    "brand": pl.String,
    "trade": pl.String,
    "form_class": pl.String,
    "tail": pl.String,
    "numbers": pl.List(pl.String),
}
CODES_MARK = "|"
# Held by two parties without one in common they say that they are two.
NUMBERS = ("registration_number", "certificate_number", "licence_number")
_CUT = dict.fromkeys(
    ("name_key", "found_by", "region", "codes", "brand", "trade", "form_class", "tail"), pl.String
)
_PROVEN = ("uscc", "org_code", "id_hash")


def profiles(frame: pl.DataFrame, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the names of all parties in the form of PROFILE, in no order.

    `frame` is Mentions.frame with the column uid; `known` are profiles in which names are cut
    already. A party without a name has no row.
    """
    mentions = frame.lazy()
    now = mentions.select("uid", "name_key", "name", "record_id", "person", former=False)
    once = mentions.filter(~pl.col("person")).select(
        "uid", name_key="former_key", name="former_key", record_id="record_id", person="person"
    )
    named = pl.concat([now, once.with_columns(former=True)])
    named = (
        named.filter(pl.col("name_key").is_not_null())
        .group_by("uid", "name_key")
        .agg(pl.col("name", "record_id", "former").min(), pl.col("person").max())
    )
    proven = mentions.filter(pl.any_horizontal(pl.col(_PROVEN).is_not_null()))
    proven = proven.select("uid").unique().with_columns(open=False)
    table: pl.DataFrame = named.join(proven, on="uid", how="left").collect()
    table = table.join(_numbers(frame), on="uid", how="left")
    table = table.with_columns(pl.col("open").fill_null(value=True))
    people = table.filter("person")
    people = people.with_columns(person_key(people["name"]).alias("found_by"))
    firms = table.filter(~pl.col("person"))
    firms = firms.join(_parts(firms["name_key"].unique(), known), on="name_key", how="left")
    both = pl.concat([people, firms], how="diagonal")
    return both.select(pl.col(name).cast(kind) for name, kind in PROFILE.items())


def profiles_after(before: pl.DataFrame, frame: pl.DataFrame, touched: pl.Series) -> pl.DataFrame:
    """Return the profiles now: those of touched parties anew, the others as they were.

    `touched` are the uids of parties that are new or gone or whose mentions or uid changed.
    """
    kept = before.filter(~before["uid"].is_in(touched.implode()))
    new = profiles(frame.filter(frame["uid"].is_in(touched.implode())), before)
    return pl.concat([kept, new])


def _numbers(frame: pl.DataFrame) -> pl.DataFrame:
    parts = [
        frame.filter(pl.col(kind).is_not_null() & ~pl.col("person")).select(
            "uid", pl.concat_str(pl.lit(f"{kind}:"), kind).alias("numbers")
        )
        for kind in NUMBERS
    ]
    held = pl.concat(parts).unique().sort("uid", "numbers")
    return held.group_by("uid", maintain_order=True).agg("numbers")


def _parts(names: pl.Series, known: pl.DataFrame | None) -> pl.DataFrame:
    cut = pl.DataFrame(schema=_CUT)
    if known is not None:
        there = known["name_key"].is_in(names.implode()) & ~known["person"]
        cut = known.select(*_CUT).filter(there).unique("name_key")
        names = names.filter(~names.is_in(cut["name_key"].implode()))
    found = [segments(name) for name in names]
    columns = {
        "name_key": list(names),
        "found_by": [one.name for one in found],
        "region": [one.region for one in found],
        "codes": [CODES_MARK.join(sorted(one.codes)) if one.codes else None for one in found],
        "brand": [one.brand for one in found],
        "trade": [one.trade for one in found],
        "form_class": [one.form_class for one in found],
        "tail": [one.tail for one in found],
    }
    return pl.concat([cut, pl.DataFrame(columns, _CUT)])
