"""What the mentions of parties say beside names: numbers, contacts, people, birth, employers."""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from loaders.catalogue.resource import PartyForm, Resource
from loaders.clean.names import name_key

VALUES = {"uid": pl.String, "kind": pl.String, "value": pl.String}
# Who stands beside an organisation in its rows.
AROUND = {"owner": pl.String, "uid": pl.String, "person": pl.Boolean, "name_key": pl.String}
CONTACT = {"resource": pl.String, "role": pl.String, "at": pl.UInt32, "value": pl.String}
# Properties of a party that are compared, and under which kind.
_PROPERTIES = {
    "representative_name": "people",
    "address": "contact",
    "established_on": "established",
    "registered_capital": "capital",
    "sex": "sex",
    "birth_year": "birth",
}
_CONTACTS = ("HAS_PHONE", "HAS_ADDRESS")
# A mask of a whole number hides these, which the year of birth tells.
_REGION, _MASKED_YEAR = 6, 10


def around(places: pl.DataFrame) -> pl.DataFrame:
    """Return in the form of AROUND who is known by which organisation, each once.

    `places` (Statements.places) holds whole rows: beside a mention with an anchor that anchor.
    """
    anchored = places.filter(places["anchor_seat"].is_not_null())
    owners = places.select(anchor_seat="seat", owner="uid")
    return anchored.join(owners, on="anchor_seat").select(*AROUND).unique()


def values(
    mine: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    resources: Mapping[str, Resource],
    kinds: Collection[str],
) -> pl.DataFrame:
    """Return in the form of VALUES what the rows of these mentions say of their parties."""
    parts = [pl.DataFrame(schema=VALUES)]
    by_role = mine.select("resource", "at", "role", "uid").partition_by(
        "resource", "role", as_dict=True
    )
    for (code, role), part in by_role.items():
        if code not in rows or code not in resources:
            continue
        for kind, value in said(resources[code], str(role)):
            if kind in kinds and _there(value, rows[code]):
                # Only the rows asked for: folding a register's every address takes a while.
                asked = rows[code].select(set(value.meta.root_names()))[part["at"]]
                told = asked.select(value.cast(pl.String).alias("value"))["value"]
                told = name_key(told) if kind == "people" else told
                held = part.select("uid", pl.lit(kind).alias("kind"), told.alias("value"))
                parts.append(held.filter(pl.col("value").is_not_null()))
    if "licence" not in kinds:
        return pl.concat(parts).unique()
    licences = mine.filter("person", pl.col("licence_number").is_not_null())
    parts.append(licences.select("uid", kind=pl.lit("licence"), value="licence_number"))
    return pl.concat(parts).unique()


def _there(value: pl.Expr, table: pl.DataFrame) -> bool:
    return set(value.meta.root_names()) <= set(table.columns)


def said(resource: Resource, role: str) -> Iterator[tuple[str, pl.Expr]]:
    """Yield (kind, value) of what a resource's rows say of the party in a role."""
    form = resource.parties[role]
    for name, kind in _PROPERTIES.items():
        if name in form.properties:
            value = pl.col(f"v_{form.properties[name]}")
            yield kind, _place(value) if name == "address" else value
    for link in resource.links:
        if link.type in _CONTACTS and link.source == role and link.target in resource.nodes:
            yield "contact", _place(pl.col(f"v_{resource.nodes[link.target].key[0]}"))
    yield from _identity(form)


def contact_lines(
    rows: Mapping[str, pl.DataFrame], resources: Mapping[str, Resource], asked: pl.Series
) -> pl.DataFrame:
    """Return (resource, role, at, value): where one of the phones and addresses stands."""
    parts = [pl.DataFrame(schema=CONTACT)]
    for code in sorted(set(rows) & set(resources)):
        for role in resources[code].parties:
            for kind, value in said(resources[code], role):
                if kind == "contact" and _there(value, rows[code]):
                    told = rows[code].select(value.alias("value")).with_row_index("at")
                    told = told.filter(pl.col("value").is_in(asked.implode()))
                    told = told.with_columns(resource=pl.lit(code), role=pl.lit(role))
                    parts.append(told.select(*CONTACT))
    return pl.concat(parts)


def _place(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.String).str.replace_all(r"[\s（）()]", "")


def _identity(form: PartyForm) -> Iterator[tuple[str, pl.Expr]]:
    """Yield what an identity number shows: its visible characters, sex and year of birth."""
    if "id_number" not in form.identifiers:
        return
    column = f"v_{form.identifiers['id_number']}"
    mask, birth = pl.col(f"{column}_mask"), pl.col(f"{column}_birth_year")
    whole = pl.concat_str(
        mask.str.slice(0, _REGION), birth.cast(pl.String), mask.str.slice(_MASKED_YEAR)
    )
    yield "mask", pl.coalesce(whole, mask)
    yield "sex", pl.col(f"{column}_sex")
    yield "birth", birth


def lists(held: pl.DataFrame, kinds: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """Return a row a party with a sorted list of values a kind, null where it has none."""
    table = held.select("uid").unique()
    for kind, inner in kinds.items():
        mine = held.filter(pl.col("kind") == kind).select("uid", pl.col("value").cast(inner))
        by_uid = mine.unique().sort("uid", "value").group_by("uid", maintain_order=True)
        table = table.join(by_uid.agg(pl.col("value").alias(kind)), on="uid", how="left")
    return table
