"""Labelled pairs for the comparison of parties: from a world whose truth is known."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.measure import command
from benchmarks.names import pairs
from graph.names.features import LEVEL, OTHER, apart
from loaders.clean.names import name_key
from loaders.resolve.clusters import clusters
from loaders.resolve.leads import FEATURES, pairs_of
from loaders.resolve.mentions import COLUMNS, Mentions, mentions
from loaders.resolve.pairs import Statements, stated
from loaders.resolve.profiles import profiles

# Of an organisation that is known by a code, mentions under another name than its commonest are
# taken for parties of their own and their codes are hidden: so there are cases enough.
_CODES = ("uscc", "old_uscc", "org_code", "tax_number")


def world(enterprises: int, seed: int, folder: Path) -> tuple[Statements, pl.DataFrame]:
    """Return the mentions of a new world with their parties, and (uid, entity, mentions).

    A party that has mentions of several entities is of that of most of them.
    """
    command("world", "--out", folder / "world", "--enterprises", enterprises, "--seed", seed)
    workspace = folder / "w"
    command(
        "--workspace", workspace, "load", folder / "world" / "files", "--no-publish", allowed=(0, 1)
    )
    return loaded(workspace, folder / "world")


def loaded(workspace: Path, folder: Path) -> tuple[Statements, pl.DataFrame]:
    """Return the same of a workspace into which the world in a folder was loaded."""
    house = open_services(read_settings({}, workspace))
    found = mentions(house.ledger, house.catalogue)
    statements = stated(found, clusters(found).frame["uid"], house.catalogue)
    return statements, told(found, folder / "truth" / "rows.parquet")


def told(found: Mentions, truth: Path) -> pl.DataFrame:
    """Return (resource, at, role, entity): who is meant by each mention of which it is known."""
    places = [
        rows.select("file", "row", pl.lit(code).alias("resource")).with_row_index("at")
        for code, rows in found.rows.items()
    ]
    where = pl.concat(places).with_columns(pl.col("row").cast(pl.Int64))
    known = pl.read_parquet(truth).join(where, on=["file", "row"])
    return known.select("resource", "at", "role", "entity")


def hidden(statements: Statements) -> Statements:
    """Return the mentions of organisations under rarer names as parties without a code."""
    frame = statements.frame
    names = frame.filter(~pl.col("person")).group_by("uid", "name_key").len()
    names = names.sort("uid", "len", "name_key", descending=[False, True, False])
    main = names.unique("uid", keep="first", maintain_order=True).select("uid", main="name_key")
    frame = frame.join(main, on="uid", how="left", maintain_order="left")
    rare = ~pl.col("person") & (pl.col("name_key") != pl.col("main")).fill_null(value=False)
    own = pl.concat_str(pl.lit("h"), "uid", "name_key")
    codes = [pl.when(~rare).then(pl.col(name)).alias(name) for name in _CODES]
    frame = frame.with_columns(pl.when(rare).then(own).otherwise("uid").alias("uid"), *codes)
    return Statements(frame.drop("main"), statements.rows, statements.resources)


def labelled(statements: Statements, truth: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    """Return the judged pairs that nothing proves to be two, each with `same`, by whose they are.

    Pairs of a party of which the truth is not told are left out.
    """
    frame = statements.frame.select("resource", "at", "role", "uid")
    most = frame.join(truth, on=["resource", "at", "role"]).group_by("uid", "entity").len()
    most = most.sort("uid", "len", "entity", descending=[False, True, False])
    who = most.unique("uid", keep="first", maintain_order=True).select("uid", "entity")
    table = profiles(statements.frame)
    found = {}
    other = who.rename({"uid": "uid" + OTHER, "entity": "entity" + OTHER})
    for whose, compared in pairs_of(statements, table, table["uid"].unique())[0].items():
        features = FEATURES[whose]
        possible = compared.filter(~apart(features))
        both = possible.join(who, on="uid").join(other, on="uid" + OTHER)
        same = (pl.col("entity") == pl.col("entity" + OTHER)).alias("same")
        levels = [pl.col(feature.name + LEVEL) for feature in features]
        found[whose] = both.select("uid", "uid" + OTHER, same, *levels).unique()
    return found


def listed() -> tuple[Statements, pl.DataFrame]:
    """Return listed companies: full names with a code each, short names without; and the truth."""
    shorts, fulls = pairs()
    size = len(fulls)
    columns = {
        "uid": [f"f{place}" for place in range(size)] + [f"s{place}" for place in range(size)],
        "record_id": [f"r{place}" for place in range(2 * size)],
        "name": [*fulls, *shorts],
        "uscc": [f"c{place}" for place in range(size)] + [None] * size,
    }
    frame = pl.DataFrame(columns).with_columns(
        resource=pl.lit("listed"), role=pl.lit("company"), person=pl.lit(value=False)
    )
    frame = frame.with_row_index("at").with_columns(name_key(frame["name"]).alias("name_key"))
    missing = [
        pl.lit(None, kind).alias(name) for name, kind in COLUMNS.items() if name not in frame
    ]
    told = frame.select("resource", "at", "role", entity=pl.col("uid").str.slice(1))
    return Statements(frame.with_columns(missing), {}, {}), told
