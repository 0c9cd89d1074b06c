"""What each mention says of its party, and who is believed: the order of authority."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from graph.schema.catalog import SCHEMA
from graph.schema.words import Kind
from graph.snapshot.tables import TYPES
from loaders.catalogue.resource import PartyForm, Resource, ValueKind
from loaders.project.placed import Placed, fitted
from loaders.resolve.mentions import IDENTIFIERS

# A statement: `value` as text (lists joined by "|") of `property` of party `uid`.
STATEMENT = {
    "uid": pl.String,
    "property": pl.String,
    "value": pl.String,
    "rank": pl.Int32,
    "seen_on": pl.Date,
    "record_id": pl.String,
    "resource": pl.String,
}
LIST_MARK = "|"
_BEHIND = ("uid", "property", "record_id")
_BESIDE_IDENTITY = {"_mask": "id_mask", "_birth_year": "birth_year", "_sex": "sex"}
_KINDS = {
    item.name: item.kind
    for node in SCHEMA.nodes
    if "Party" in (node.label, *node.bases)
    for item in node.properties
}


def party_statements(placed: Placed, rules: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the statements of every role, property by property.

    `rules` are (record_id, role) of mentions whose identifiers were passed over as overused: what
    they hold is no property of the party.
    """
    for role, form in placed.resource.parties.items():
        rows = placed.rows.filter(pl.col(f"uid_{role}").is_not_null())
        if rows.height:
            doubted = rules.filter(pl.col("role") == role)["record_id"]
            yield from _role(rows, placed.resource, role, form, doubted)


def _role(
    rows: pl.DataFrame, resource: Resource, role: str, form: PartyForm, doubted: pl.Series
) -> Iterator[pl.DataFrame]:
    columns = dict(_columns(resource, form))
    for name, value in columns.items():
        if name in IDENTIFIERS or name in _BESIDE_IDENTITY.values():
            held = rows.filter(~pl.col("record_id").is_in(doubted.implode()))
        else:
            held = rows
        yield _statement(held, resource, role, name, value)
    for name, constant in form.constants.items():
        given = constant if isinstance(constant, tuple) else (constant,)
        yield _statement(
            rows, resource, role, name, pl.lit(LIST_MARK.join(str(part) for part in given))
        )


def _statement(
    rows: pl.DataFrame, resource: Resource, role: str, name: str, value: pl.Expr
) -> pl.DataFrame:
    frame = rows.select(
        pl.col(f"uid_{role}").alias("uid"),
        pl.lit(name).alias("property"),
        value.cast(pl.String).alias("value"),
        pl.lit(resource.ranks.get(name, resource.authority), dtype=pl.Int32).alias("rank"),
        "seen_on",
        "record_id",
        pl.lit(resource.code).alias("resource"),
    )
    return fitted(frame.filter(pl.col("value").is_not_null()), STATEMENT)


def _columns(resource: Resource, form: PartyForm) -> Iterator[tuple[str, pl.Expr]]:
    if form.name:
        yield "name", pl.col(f"v_{form.name}")
    yield from _identifiers(form)
    for name, column in form.properties.items():
        value = pl.col(f"v_{column}")
        # A word outside the choices says nothing that a code could hold.
        choice = resource.columns[column].kind is ValueKind.CHOICE
        yield name, pl.when(value != "other").then(value) if choice else value
    if form.former_names:
        yield "former_names", pl.col(f"v_{form.former_names}")


def _identifiers(form: PartyForm) -> Iterator[tuple[str, pl.Expr]]:
    for identifier, column in form.identifiers.items():
        value = pl.col(f"v_{column}")
        if identifier == "id_number":
            yield "id_hash", value
            for suffix, name in _BESIDE_IDENTITY.items():
                # What the number tells is kept only where the number is complete and valid.
                yield name, pl.when(value.is_not_null()).then(pl.col(f"v_{column}{suffix}"))
        elif identifier in _KINDS:
            yield identifier, value


def believed(
    statements: Iterable[pl.DataFrame],
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """Return (winners, losers, behind): whose value counts, whose differs, and who said it.

    `winners` are statements by property, a row a party; `losers` statements with another value;
    `behind` uid, property and record_id of every record that a winning value comes from. Each of
    `statements` is about one property. The smaller rank wins; then the later date; then the smaller
    record id, so that the order is total. Values of list properties are all kept: they do not
    contradict each other.
    """
    by_property: dict[str, list[pl.DataFrame]] = {}
    for part in statements:
        if part.height:
            by_property.setdefault(part["property"][0], []).append(part)
    winners, losers = {}, [pl.DataFrame(schema={**STATEMENT, "chosen": pl.String})]
    behind = [pl.DataFrame(schema={name: STATEMENT[name] for name in _BEHIND})]
    for name, parts in sorted(by_property.items()):
        whole = pl.concat(parts)
        if _KINDS.get(name) in (Kind.TEXT_LIST, Kind.INTEGER_LIST):
            winners[name] = _united(whole)
            behind.append(whole.select(_BEHIND).unique())
        else:
            winners[name], lost = _best(whole)
            losers.append(lost)
            behind.append(winners[name].select(_BEHIND))
    return winners, pl.concat(losers), pl.concat(behind)


def _united(several: pl.DataFrame) -> pl.DataFrame:
    parts = several.select("uid", "property", pl.col("value").str.split(LIST_MARK)).explode("value")
    merged = (
        parts.unique()
        .sort("uid", "value")
        .group_by("uid", "property", maintain_order=True)
        .agg(pl.col("value").str.join(LIST_MARK))
    )
    return fitted(merged, STATEMENT)


def _best(single: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    # Most statements stand alone: only those that compete are sorted.
    competing = single["uid"].is_duplicated()
    ordered = single.filter(competing).sort(
        "uid",
        "rank",
        "seen_on",
        "record_id",
        "value",
        descending=[False, False, True, False, False],
        nulls_last=True,
    )
    best = ordered.unique("uid", keep="first", maintain_order=True)
    losers = ordered.join(
        best.select("uid", pl.col("value").alias("chosen")),
        on="uid",
        how="left",
        maintain_order="left",
    ).filter(pl.col("value") != pl.col("chosen"))
    losers = losers.unique(["uid", "value"], keep="first", maintain_order=True)
    return pl.concat([single.filter(~competing), best]), losers


def as_columns(parties: pl.DataFrame, winners: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the parties (column uid) with a typed column a property, in their order."""
    frame = parties
    for name, statements in winners.items():
        mine = statements.select("uid", pl.col("value").alias(name))
        if name in _KINDS:
            mine = mine.with_columns(_typed(name))
        frame = frame.join(mine, on="uid", how="left", maintain_order="left")
    return frame


def _typed(name: str) -> pl.Expr:
    kind = _KINDS[name]
    value = pl.col(name)
    if kind in (Kind.TEXT_LIST, Kind.INTEGER_LIST):
        return value.str.split(LIST_MARK).cast(TYPES[kind]).alias(name)
    return value.str.to_date("%Y-%m-%d") if kind is Kind.DATE else value.cast(TYPES[kind])
