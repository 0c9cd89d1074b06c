"""Records in which an equal name proves nothing: made for comparing, with few codes.

Of the demonstration world's firms many share brands, and shops names; but nearly every row of it
has a code. Here more shops of a city bear identical names, companies too, and five departments
write with the rates of noise and missing codes of domain.md 4.4. One record a firm comes from its
register, the others are drawn.
"""

import numpy as np
import polars as pl

from loaders.clean.names import name_key
from loaders.digests import md5_hex
from loaders.resolve.mentions import COLUMNS, ORGANISATION_PART, own_uids
from loaders.world.firms import make_firms
from loaders.world.noise import missing, noisy_names
from loaders.world.people import person_names

SEED = 11
# Shops, and companies, whose whole name another one of the city has.
SHARED_SHOP_NAME, SHARED_COMPANY_NAME = 0.3, 0.02
# Six in ten directors of listed_executives and more are men; names differ by it.
MEN = 0.6
# Records whose representative is the one before.
FORMER_REPRESENTATIVE = 0.05
# Rows with the representative's identity number, of those that name one (the world's registers).
NUMBERED = {"register": 0.95, "penalty": 0.6}
# department: (records a firm, names noisy, credit codes missing, organisation codes missing of
# those, registration numbers missing, representative missing); 双公示, 法院, 中介, manual lists.
DEPARTMENTS = {
    "register": (None, 0.01, 0.0, 1.0, 0.3, 0.0),
    "penalty": (0.5, 0.08, 0.05, 1.0, 1.0, 0.1),
    "court": (0.3, 0.15, 1.0, 0.4, 1.0, 0.0),
    "agent": (0.4, 0.08, 0.3, 1.0, 1.0, 1.0),
    "list": (0.3, 0.25, 0.1, 1.0, 0.5, 1.0),
}


def homonyms(size: int) -> pl.DataFrame:
    """Return about 2.5 records a firm: Mentions.frame with what rows say beside it, and `entity`.

    Whom a row names as representative is a mention of a person, as in a load.
    """
    rng = np.random.default_rng(SEED)
    firms = _firms(rng, size)
    parts = [_written(rng, firms, department) for department in DEPARTMENTS]
    frame = pl.concat(parts).with_columns(
        pl.format("{}/{}", "resource", "at").alias("record_id"),
        pl.lit("subject").alias("role"),
        pl.lit(value=False).alias("person"),
    )
    people = frame.filter(pl.col("representative").is_not_null()).select(
        "resource",
        "at",
        "record_id",
        pl.col("representative").alias("name"),
        pl.lit("representative").alias("role"),
        pl.lit("subject").alias("anchor"),
        pl.lit(value=True).alias("person"),
        pl.col("who").alias("entity"),
    )
    frame = pl.concat([frame, _numbered(people)], how="diagonal")
    own = own_uids(frame["record_id"] + "/" + frame["role"], "")
    frame = frame.with_columns(
        name_key(frame["name"]).alias("name_key"),
        name_key(frame["former"]).alias("former_key"),
        own.alias("own_uid"),
        pl.lit(value=False).alias("intermediary"),
        pl.lit(None, pl.Date).alias("seen_on"),
    )
    given = [pl.lit(None, kind).alias(one) for one, kind in COLUMNS.items() if one not in frame]
    said = ("representative", "region", "address", "phone", "entity")
    return frame.with_columns(given).select(*COLUMNS, *said)


def _numbered(people: pl.DataFrame) -> pl.DataFrame:
    """Return mentions of representatives with identity numbers, where a department has them."""
    share = pl.col("resource").replace_strict(NUMBERED, default=0.0, return_dtype=pl.Float64)
    # Numbers of their own: what organisations get does not depend on them.
    drawn = pl.Series(np.random.default_rng(SEED + 1).random(people.height))
    number = md5_hex(people["entity"], 32)
    return people.with_columns(
        pl.when(drawn < people.select(share).to_series()).then(number).alias("id_hash")
    )


def _firms(rng: np.random.Generator, size: int) -> pl.DataFrame:
    firms = make_firms(rng, size)
    names = firms["name"].to_list()
    share = {"sole": SHARED_SHOP_NAME, "company": SHARED_COMPANY_NAME}
    chance = firms["kind"].replace_strict(share, default=0.0, return_dtype=pl.Float64).to_numpy()
    kinds = firms.group_by("kind", "city", maintain_order=True).agg(pl.col("firm"))["firm"]
    for group in kinds:
        # One of two neighbours of a kind and city takes the other's name.
        for one, other in zip(group[::2], group[1::2], strict=False):
            if rng.random() < 2 * chance[other]:
                names[other] = names[one]
    male = rng.random(2 * size) < MEN
    people = pl.Series(person_names(rng, male))
    return firms.with_columns(
        pl.Series("name", names),
        people.head(size).alias("representative"),
        people.tail(size).alias("before"),
    )


def _written(rng: np.random.Generator, firms: pl.DataFrame, department: str) -> pl.DataFrame:
    """Return what a department writes of some firms, in the columns that it has."""
    many, noise, no_code, no_inner, no_number, no_representative = DEPARTMENTS[department]
    counts = np.ones(firms.height, int) if many is None else rng.poisson(many, firms.height)
    rows = firms[np.repeat(np.arange(firms.height), counts)].drop("former")
    register = many is None
    former = firms["former"] if register else pl.Series([None] * rows.height, dtype=pl.String)
    uscc = missing(rng, rows["uscc"], no_code)
    inner = missing(rng, rows["uscc"].str.slice(*ORGANISATION_PART), no_inner)
    gone = missing(rng, rows["name"], FORMER_REPRESENTATIVE).is_null()
    rows = rows.with_columns(
        pl.when(gone).then("before").otherwise("representative").alias("named"),
        pl.concat_str(pl.when(gone).then(pl.lit("b")).otherwise(pl.lit("p")), "firm").alias("who"),
    )
    place = pl.lit(None, pl.String)
    return pl.DataFrame(
        {
            "resource": [department] * rows.height,
            "at": np.arange(rows.height, dtype=np.uint32),
            "name": noisy_names(rng, rows["name"], noise),
            "former": former,
            "uscc": uscc,
            "org_code": uscc.str.slice(*ORGANISATION_PART).fill_null(inner),
            "registration_number": missing(rng, rows["registration_number"], no_number),
            "representative": missing(rng, rows["named"], no_representative),
            "entity": rows["firm"].cast(pl.String),
            "who": rows["who"],
        }
    ).with_columns(
        (rows[column] if register else place).alias(column)
        for column in ("region", "address", "phone")
    )
