"""Finding parties by what a person types: codes first, then names, former names, short names."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import polars as pl
from opencc import OpenCC

from graph.errors import AnalysisError
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot

CODES = ("uscc", "old_uscc", "org_code", "registration_number", "tax_number", "stock_code")
# Words that short names leave out; what is left is looked for in the order of its characters.
_NOISE = r"[\s·•・,，.。\-—_（）()〔〕【】\[\]]"
# A regular expression over more characters than a short name has finds nothing more.
LONGEST_SHORT_NAME = 12
SHORTEST_SHORT_NAME = 2

REASONS = {
    "uid": 1.0,
    "code": 1.0,
    "name": 0.95,
    "former_name": 0.9,
    "begins": 0.7,
    "contains": 0.6,
    "short_name": 0.4,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One party that answers to a text: why, by which value, and how well (0..1).

    `exact` says that a code, the whole name or a whole former name is equal. `context` tells
    parties of one name apart: a code, or for a person an organisation and the relation to it.
    """

    uid: str
    name: str
    label: str
    score: float
    reason: str
    matched: str
    exact: bool
    context: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the candidate as the command line answers it."""
        return {
            "uid": self.uid,
            "name": self.name,
            "label": self.label,
            "score": self.score,
            "reason": self.reason,
            "matched": self.matched,
            "context": self.context,
        }


# One table of names a snapshot, kept as long as the snapshot is open.
_TABLES: WeakKeyDictionary[Snapshot, pl.DataFrame] = WeakKeyDictionary()


def fold(column: pl.Expr) -> pl.Expr:
    """Return names as they are compared here: half-width, capital, without spaces and signs."""
    return column.str.normalize("NFKC").str.to_uppercase().str.replace_all(_NOISE, "")


def _table(snapshot: Snapshot) -> pl.DataFrame:
    if snapshot not in _TABLES:
        labels = [node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")]
        rows = snapshot.table("nodes").filter(pl.col("label").is_in(labels))
        _TABLES[snapshot] = rows.select(
            "uid",
            "label",
            "name",
            *CODES,
            "former_names",
            fold(pl.col("name")).alias("key"),
        ).collect()
    return _TABLES[snapshot]


def search(snapshot: Snapshot, text: str, limit: int = 20) -> list[Candidate]:
    """Return at most `limit` parties that answer to a text, best first, ties by name and uid.

    Raises:
        AnalysisError: there is nothing to look for.
    """
    wanted = pl.select(fold(pl.lit(OpenCC("t2s").convert(text.strip())))).item()
    if not wanted:
        raise AnalysisError("search", text, "holds no character to look for")
    table = _table(snapshot)
    found: dict[str, Candidate] = {}
    for candidate in _candidates(snapshot, table, text.strip(), wanted, limit):
        kept = found.get(candidate.uid)
        if kept is None or kept.score < candidate.score:
            found[candidate.uid] = candidate
    ordered = sorted(found.values(), key=lambda one: (-one.score, len(one.name), one.name, one.uid))
    return [_in_context(snapshot, table, one) for one in ordered[:limit]]


def _candidates(
    snapshot: Snapshot, table: pl.DataFrame, text: str, wanted: str, limit: int
) -> Iterator[Candidate]:
    place = snapshot.find(text)
    if place is not None:
        yield from _rows(table.filter(pl.col("uid") == snapshot.uid_at(place)), "uid", "uid")
    for code in CODES:
        yield from _rows(table.filter(pl.col(code) == wanted), "code", code)
    key = pl.col("key")
    yield from _rows(table.filter(key == wanted), "name", "name")
    former = table.filter(pl.col("former_names").is_not_null()).explode("former_names")
    former = former.with_columns(fold(pl.col("former_names")).alias("key"))
    yield from _rows(former.filter(key == wanted), "former_name", "former_names")
    yield from _rows(
        former.filter(key.str.contains(wanted, literal=True)),
        "contains",
        "former_names",
        exact=False,
    )
    begins = table.filter(key.str.starts_with(wanted))
    yield from _rows(_shortest(begins, limit), "begins", "name", exact=False)
    inside = table.filter(key.str.contains(wanted, literal=True))
    yield from _rows(_shortest(inside, limit), "contains", "name", exact=False)
    if SHORTEST_SHORT_NAME <= len(wanted) <= LONGEST_SHORT_NAME and inside.height < limit:
        loose = ".*".join(f"[{char}]" if char not in "[]^\\" else "." for char in wanted)
        short = table.filter(key.str.contains(loose), pl.col("label") != "Person")
        yield from _rows(_shortest(short, limit), "short_name", "name", exact=False)


def _shortest(rows: pl.DataFrame, limit: int) -> pl.DataFrame:
    return rows.sort(pl.col("key").str.len_chars(), "key", "uid").head(limit)


def _rows(
    rows: pl.DataFrame, reason: str, column: str, *, exact: bool = True
) -> Iterator[Candidate]:
    for row in rows.select("uid", "name", "label", pl.col(column).alias("matched")).iter_rows():
        uid, name, label, matched = row
        yield Candidate(uid, name or uid, label, REASONS[reason], reason, matched or "", exact)


def _in_context(snapshot: Snapshot, table: pl.DataFrame, one: Candidate) -> Candidate:
    context = ""
    if one.label == "Person":
        for link in snapshot.links_of(one.uid):
            place = snapshot.find(link.target) if link.source == one.uid else None
            if place is not None:
                title = SCHEMA.link(link.type).title.zh
                context = f"{snapshot.name_at(place)} {title}"
                break
    else:
        codes = table.filter(pl.col("uid") == one.uid).select(CODES).row(0) if table.height else ()
        context = next((code for code in codes if code), "")
    return Candidate(
        one.uid, one.name, one.label, one.score, one.reason, one.matched, one.exact, context
    )
