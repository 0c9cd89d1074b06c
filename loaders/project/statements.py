"""What each mention says of its party, and who is believed: the order of authority.

Parties, rows and the order of record ids are numbers here: they are compared and moved in a part
of the time that their texts take.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.schema.catalog import SCHEMA
from graph.schema.words import Kind
from graph.snapshot.tables import TYPES
from loaders.catalogue.resource import PartyForm, Resource, ValueKind
from loaders.project.placed import Placed
from loaders.resolve.mentions import IDENTIFIERS
from loaders.sorting import by_digest

# A statement about one property: `value` as text (lists joined by "|") of the party number `party`,
# which row number `line` (Lines) says.
STATEMENT = {
    "party": pl.UInt32,
    "value": pl.String,
    "rank": pl.Int64,
    "line": pl.UInt32,
}
LIST_MARK = "|"
_BEHIND = {"party": pl.UInt32, "property": pl.String, "line": pl.UInt32}
_LOST = {"party": pl.UInt32, "value": pl.String, "chosen": pl.String, "line": pl.UInt32}
_BESIDE_IDENTITY = {"_mask": "id_mask", "_birth_year": "birth_year", "_sex": "sex"}
# What a mention that stays alone in spite of a code does not say of its party.
_PROVING = frozenset({*IDENTIFIERS, *_BESIDE_IDENTITY.values()})
_KINDS = {
    item.name: item.kind
    for node in SCHEMA.nodes
    if "Party" in (node.label, *node.bases)
    for item in node.properties
}

# More turns than there are rows.
_TURNS = 2**32


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of all resources one after the other, so that a number names one.

    By row `record_ids`, their `order` among all, and their `turn`: which of two of equal rank is
    believed first, the later, then the smaller record id. By resource `codes` and where it
    `starts`.
    """

    record_ids: pl.Series
    order: pl.Series
    turn: pl.Series
    codes: pl.Series
    starts: NDArray[np.int64]

    def of(self, line: pl.Series) -> list[pl.Series]:
        """Return the columns resource and record_id of some rows."""
        source = np.searchsorted(self.starts, line.to_numpy(), "right") - 1
        codes = self.codes.gather(source).alias("resource")
        return [codes, self.record_ids.gather(line).alias("record_id")]


def lines_of(placed: Sequence[Placed]) -> Lines:
    """Return the rows of these resources, which are not empty as a whole."""
    rows = pl.concat([one.rows.select("record_id", "seen_on") for one in placed])
    rows = rows.with_row_index("line")
    order = _places(by_digest(rows, "record_id")["line"])
    rows = rows.with_columns(order.alias("order"))
    later = rows.sort("seen_on", "order", descending=[True, False], nulls_last=True)
    codes = pl.Series([one.resource.code for one in placed], dtype=pl.String)
    starts = np.cumsum([0, *(one.rows.height for one in placed[:-1])])
    return Lines(rows["record_id"], order, _places(later["line"]), codes, starts)


def _places(lines: pl.Series) -> pl.Series:
    """Return by line at which place of these it stands."""
    places = np.empty(len(lines), np.uint32)
    places[lines.to_numpy()] = np.arange(len(lines), dtype=np.uint32)
    return pl.Series(places)


def party_statements(
    placed: Sequence[Placed], mentioned: pl.DataFrame, lines: Lines
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the statements of every role with their property, one by one.

    `mentioned` has by mention resource, role and `at`, the number of its `party`, and whether it is
    `doubted`: its identifiers were passed over as overused, and what they hold is no property.
    """
    seats = mentioned.partition_by("resource", "role", as_dict=True, include_key=False)
    for start, one in zip(lines.starts, placed, strict=True):
        for role, form in one.resource.parties.items():
            mine = seats.get((one.resource.code, role))
            if mine is not None:
                yield from _role(one, form, mine, int(start))


def _role(
    one: Placed, form: PartyForm, mine: pl.DataFrame, start: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    columns = dict(_columns(one.resource, form))
    told = one.rows.select(v.cast(pl.String).alias(n) for n, v in columns.items())
    at = mine["at"].to_numpy()
    # Most roles are there in every row, which then stand in order already.
    if at.size != one.rows.height or not np.array_equal(at, np.arange(at.size)):
        told = told[at]
    line = (pl.col("at") + start).cast(pl.UInt32).alias("line")
    seats = mine.select("party", "doubted", line)
    for name in columns:
        there = told[name].is_not_null()
        if name in _PROVING:
            there &= ~mine["doubted"]
        held = seats.with_columns(told[name].alias("value"))
        yield name, _statements(held.filter(there), one.resource, name)
    for name, constant in form.constants.items():
        given = constant if isinstance(constant, tuple) else (constant,)
        text = LIST_MARK.join(str(part) for part in given)
        yield name, _statements(seats.with_columns(value=pl.lit(text)), one.resource, name)


def _statements(held: pl.DataFrame, resource: Resource, name: str) -> pl.DataFrame:
    rank = pl.lit(resource.ranks.get(name, resource.authority), dtype=pl.Int64)
    return held.with_columns(rank.alias("rank")).select(list(STATEMENT))


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


@dataclass(frozen=True, slots=True)
class Believed:
    """Whose value counts, whose differs, and who said it.

    `winners` are by property (party, value, line), a row a party; `losers` (_LOST, property) hold
    another value than the `chosen` one; `behind` (_BEHIND) are all rows that a winning value comes
    from.
    """

    winners: Mapping[str, pl.DataFrame]
    losers: pl.DataFrame
    behind: pl.DataFrame


def believed(statements: Iterable[tuple[str, pl.DataFrame]], turn: pl.Series) -> Believed:
    """Return who is believed; each of `statements` is about one property, `turn` is that of Lines.

    The smaller rank wins; then the later date; then the smaller record id, so that the order is
    total. Values of list properties are all kept: they do not contradict each other.
    """
    by_property: dict[str, list[pl.DataFrame]] = {}
    for name, part in statements:
        if part.height:
            by_property.setdefault(name, []).append(part)
    winners: dict[str, pl.DataFrame] = {}
    losers = [pl.DataFrame(schema={**_LOST, "property": pl.String})]
    behind = [pl.DataFrame(schema=_BEHIND)]
    for name, parts in sorted(by_property.items()):
        whole = pl.concat(parts)
        if _KINDS.get(name) in (Kind.TEXT_LIST, Kind.INTEGER_LIST):
            winners[name] = _united(whole)
            said = whole.select("party", "line").unique()
        else:
            winners[name], lost = _best(whole, turn)
            losers.append(lost.select(*_LOST, property=pl.lit(name)))
            said = winners[name]
        behind.append(said.select("party", pl.lit(name).alias("property"), "line"))
    return Believed(winners, pl.concat(losers), pl.concat(behind))


def _united(several: pl.DataFrame) -> pl.DataFrame:
    parts = several.select("party", pl.col("value").str.split(LIST_MARK)).explode("value")
    by_party = parts.unique().sort("party", "value").group_by("party", maintain_order=True)
    return by_party.agg(pl.col("value").str.join(LIST_MARK))


def _best(single: pl.DataFrame, turn: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    # Most statements stand alone: only those that compete are sorted.
    party = single["party"].to_numpy()
    competing = pl.Series(np.bincount(party)[party] > 1)
    rivals = single.filter(competing)
    # With the rank, which is small, they make one number.
    turns = turn.gather(rivals["line"]).cast(pl.Int64)
    ordered = rivals.with_columns((pl.col("rank") * _TURNS + turns).alias("rank"))
    ordered = _in_turn(ordered.sort("party", "rank"))
    first = ~_as_before(ordered, "party")
    best = ordered.filter(first)
    chosen = best["value"].gather(first.cast(pl.UInt32).cum_sum() - 1)
    losers = ordered.with_columns(chosen.alias("chosen"))
    losers = losers.filter(pl.col("value") != pl.col("chosen"))
    losers = losers.unique(["party", "value"], keep="first", maintain_order=True)
    kept = ["party", "value", "line"]
    return pl.concat([single.filter(~competing).select(kept), best.select(kept)]), losers


def _in_turn(ordered: pl.DataFrame) -> pl.DataFrame:
    """Return statements in order of party and rank, those of one row about one party by value."""
    again = _as_before(ordered, "party") & _as_before(ordered, "rank")
    if not again.any():
        return ordered
    tied = again | again.shift(-1, fill_value=False)
    places = np.arange(ordered.height)
    told = ordered.with_row_index("place").filter(tied).sort("party", "rank", "value")
    places[tied.to_numpy()] = told["place"].to_numpy()
    return ordered[places]


def _as_before(ordered: pl.DataFrame, column: str) -> pl.Series:
    """Return which rows hold the value of the row before."""
    return (ordered[column] == ordered[column].shift(1)).fill_null(value=False)


def as_columns(parties: pl.DataFrame, winners: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the parties, whose numbers are their rows, with a typed column a property."""
    return parties.with_columns(
        beside(parties.height, held["party"], _typed(name, held["value"]))
        for name, held in winners.items()
    )


def beside(height: int, parties: pl.Series, values: pl.Series) -> pl.Series:
    """Return the values of some parties, each once, in the order of all; null for the others."""
    # Where nothing is said of a party, the place behind them all.
    places = np.full(height, len(values), np.uint32)
    places[parties.to_numpy()] = np.arange(len(values), dtype=np.uint32)
    return values.extend_constant(None, 1).gather(places)


def _typed(name: str, values: pl.Series) -> pl.Series:
    kind = _KINDS.get(name)
    values = values.alias(name)
    if kind in (Kind.TEXT_LIST, Kind.INTEGER_LIST):
        return values.str.split(LIST_MARK).cast(TYPES[kind])
    if kind is None:
        return values
    return values.str.to_date("%Y-%m-%d") if kind is Kind.DATE else values.cast(TYPES[kind])
