"""Nodes, edges and records of an imported graph: checked rows in the ledger's form."""

from collections.abc import Mapping

import polars as pl

from graph.errors import UnreadableError
from graph.identifiers.identity import IdentityKey
from graph.schema.catalog import SCHEMA
from graph.schema.codes import PARTNER_KINDS, POSTS, RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Kind, Text
from loaders.catalogue.resource import Resource, ValueKind
from loaders.cells import ROW
from loaders.clean.columns import clean_column
from loaders.flat import forms
from loaders.flat.rules import Rule, cell_rules, judged, kind_rules, missing, typed
from loaders.flat.same import (
    VERSION,
    link_keys,
    says,
    typed_values,
    versioned,
)
from loaders.intake import Intake
from loaders.readers import RawTable
from loaders.rejects import masked, rejected_rows, with_broken

# Labels that a file may give for a party of this label in a role.
ROLE_LABELS = {
    "Intermediary": "Enterprise",
    "KeyProfessional": "Person",
    "Organisation": "Enterprise",
}
_CONCRETE = [node.label for node in SCHEMA.nodes if not node.abstract and not node.role]
LABELS = tuple(sorted({*_CONCRETE, *ROLE_LABELS} - {"CreditRecord"}))
# SUBJECT_OF follows from records.csv, CONTROLS is computed.
TYPES = tuple(sorted({link.name for link in SCHEMA.links} - {"SUBJECT_OF", "CONTROLS"}))
# What has no factor in the schema passes nothing on: a party to a suit.
_SILENT = tuple(
    link.name for link in SCHEMA.links if "p" not in {item.name for item in link.properties}
)
# The column of nodes.csv that is kept as hash and mask alone.
_IDENTITY = "id_number"
# Before the header of a column that is not declared.
_EXTRA = "raw_"
_ENDS = ("source", "target")
_CODED = (("class", RECORD_CLASSES), ("severity", SEVERITIES), ("status", STATUSES))


def read_nodes(raw: RawTable, key: IdentityKey, known: pl.DataFrame) -> Intake:
    """Return the rows of nodes.csv; of a uid that stands twice the first row is kept.

    `known` (KNOWN_NODES) are those that the ledger already holds. The same row again is known; one
    that says something else of a known uid takes its place, under the label that it has.
    """
    frame = _hide_identity(_columns(raw, forms.NODES), key)
    columns = _present(frame, forms.node_columns())
    frame = frame.with_columns(_record_ids(frame, forms.NODES, columns).alias("record_id"))
    before = known.select("uid", pl.col("label").alias("known"), "says", VERSION)
    frame = versioned(frame.join(before, on="uid", how="left", maintain_order="left"))
    rules = [
        missing("uid"),
        missing("label"),
        Rule(~pl.col("label").is_in(LABELS), "label", f"must be one of {', '.join(LABELS)}"),
        Rule(~pl.col("uid").is_first_distinct(), "uid", "stands twice in this file"),
        *_one_label(known["label"]),
        *kind_rules(columns),
    ]
    return _intake(raw, frame, rules, columns)


def _one_label(known: pl.Series) -> list[Rule]:
    """Return the rules that a uid keeps its label, one for each of those that are known.

    In a role it stays what it is: an enterprise may become an intermediary.
    """
    given, held = (pl.col(name).replace(ROLE_LABELS) for name in ("label", "known"))
    return [
        Rule(
            (held == label) & (given != label),
            "label",
            f"must stay {label}, which this uid is known as; another party needs a uid of its own",
        )
        for label in known.replace(ROLE_LABELS).unique().sort()
    ]


def read_edges(raw: RawTable, known: pl.DataFrame, links: pl.DataFrame) -> Intake:
    """Return the rows of edges.csv whose ends are nodes of `known` (KNOWN_NODES).

    `links` (KNOWN_LINKS) are those that the ledger already holds. The same row twice is one link.
    What says something else under a key that is known takes its place; within one file it is
    refused.
    """
    frame = _codes(_columns(raw, forms.EDGES), "post", POSTS)
    frame = _codes(frame, "partner_kind", PARTNER_KINDS)
    columns = _present(frame, forms.edge_columns())
    rules = [
        missing("source"),
        missing("target"),
        missing("type"),
        Rule(~pl.col("type").is_in(TYPES), "type", f"must be one of {', '.join(TYPES)}"),
        *(_is_known(end, known) for end in _ENDS),
        *_joining(frame["type"]),
        *kind_rules(columns),
    ]
    for end in _ENDS:
        label = pl.col("label").replace(ROLE_LABELS).alias(f"{end}_is")
        labels = known.select(pl.col("uid").alias(end), label)
        frame = frame.join(labels, on=end, how="left", maintain_order="left")
    if "partner_kind" in columns:
        unknown = ~pl.col("partner_kind").is_in(list(PARTNER_KINDS))
        words = ", ".join(PARTNER_KINDS)
        rules.append(Rule(unknown, "partner_kind", f"must be one of {words}"))
    if "p" in columns:
        silent = pl.col("type").is_in(_SILENT) & pl.col("p").is_not_null()
        rules.append(Rule(silent, "p", f"must be empty for {', '.join(_SILENT)}"))
    if "entrusted_to" in columns:
        rules.append(_is_known("entrusted_to", known))
        itself = pl.col("entrusted_to") == pl.col("source")
        rules.append(Rule(itself, "entrusted_to", "must be another party than the holder"))
    if {"share_min", "share_max"} <= columns.keys():
        below = typed("share_max", Kind.FRACTION) < typed("share_min", Kind.FRACTION)
        rules.append(Rule(below, "share_max", "lies below share_min"))
    if {"valid_from", "valid_to"} <= columns.keys():
        late = typed("valid_to", Kind.DATE) < typed("valid_from", Kind.DATE)
        rules.append(Rule(late, "valid_to", "lies before valid_from"))
    frame = frame.with_columns(_record_ids(frame, forms.EDGES, columns).alias("record_id"))
    frame = _with_keys(frame, columns, links, rules)
    return _intake(raw, frame, [*rules, _one_a_key(columns)], columns)


def _joining(types: pl.Series) -> list[Rule]:
    """Return the rules of what links of these types join; a store finds no other ends."""
    rules = []
    for name in sorted({*TYPES} & {*types.unique()}):
        joins = [
            _is(source, "source_is") & _is(target, "target_is")
            for source, target in SCHEMA.link(name).ends
        ]
        words = " or ".join(" to ".join(ends) for ends in SCHEMA.link(name).ends)
        others = (pl.col("type") == name) & ~pl.any_horizontal(joins)
        rules.append(Rule(others, "type", f"{name} must join {words}"))
    return rules


def _is(base: str, column: str) -> pl.Expr:
    """Return whether the label in a column is this one or one that has it as its base."""
    labels = [node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, base)]
    return pl.col(column).is_in(labels)


def read_records(raw: RawTable, known: pl.DataFrame, records: pl.DataFrame) -> Intake:
    """Return the rows of records.csv; class, severity, status are read as code or Chinese word.

    Their subjects are nodes of `known`; `records` (KNOWN_RECORDS) those that the ledger holds.
    """
    frame = _columns(raw, forms.RECORDS)
    for name, codes in _CODED:
        frame = _codes(frame, name, codes)
    columns = _present(frame, forms.record_columns())
    twice = ~pl.struct("record_id", "subject").is_first_distinct()
    rules = [
        missing("record_id"),
        missing("subject"),
        missing("class"),
        _is_known("subject", known),
        *(
            Rule(~pl.col(name).is_in(list(codes)), name, f"must be one of {', '.join(codes)}")
            for name, codes in _CODED
            if name in columns
        ),
        Rule(twice, "record_id", "stands twice for this subject"),
        *kind_rules(columns),
    ]
    # The file's own record_id is a value of the row (v_record_id), not the ledger's.
    frame = frame.with_columns(_record_ids(frame, forms.RECORDS, columns).alias("ledger_id"))
    frame = frame.join(records, on=["record_id", "subject"], how="left", maintain_order="left")
    frame = versioned(frame, "ledger_id")
    return _intake(raw, frame, rules, columns)


def _with_keys(
    frame: pl.DataFrame,
    columns: Mapping[str, Kind],
    links: pl.DataFrame,
    rules: list[Rule],
) -> pl.DataFrame:
    """Return the table with what is `stated` first under a link's key, and which VERSION it is.

    A row that breaks one of `rules` says nothing that others could contradict. What says otherwise
    than the newest version that is known is the next one, and a row of its own in the ledger.
    """
    keys = link_keys(typed_values(frame, columns)).alias("link_key")
    frame = frame.with_columns(keys)
    # Asked once for the table: within each group the rules would look at all nodes again.
    broken = pl.any_horizontal(rule.broken.fill_null(value=False) for rule in rules)
    first = frame.filter(~broken).unique("link_key", keep="first", maintain_order=True)
    first = first.select("link_key", pl.col("record_id").alias("stated"))
    frame = frame.join(first, on="link_key", how="left", maintain_order="left")
    frame = frame.join(links, left_on="link_key", right_on="key", how="left", maintain_order="left")
    return versioned(frame)


def _one_a_key(columns: Mapping[str, Kind]) -> Rule:
    """Return the rule that a file says one thing under a key: of two one would be lost."""
    column = "key" if "key" in columns else "target"
    asked = "rows of one source, target, type, post and valid_from need a key each"
    other = pl.col("stated_here") != pl.col("stated")
    return Rule(other, column, f"stands above with other values; {asked}")


def _columns(raw: RawTable, form: Resource) -> pl.DataFrame:
    """Return the table with trimmed texts, empty cells as null and every declared column there.

    What is not declared stands under `_EXTRA` and its header.
    """
    lacking = [
        name
        for name, column in form.columns.items()
        if column.mandatory and name not in raw.headers
    ]
    if lacking:
        raise UnreadableError(str(raw.path), lacking[0], f"is a column that {form.code} must have")
    cells = [
        cell.alias(header if _is_declared(header, form) else f"{_EXTRA}{header}")
        for header, cell in zip(raw.headers, raw.cells(), strict=True)
    ]
    texts = pl.col(pl.String).str.strip_chars()
    return pl.DataFrame([*cells, raw.frame[ROW]]).with_columns(
        pl.when(texts == "").then(None).otherwise(texts).name.keep()
    )


def _is_declared(header: str, form: Resource) -> bool:
    return header in form.columns or (form is forms.NODES and header == _IDENTITY)


def _present(frame: pl.DataFrame, declared: Mapping[str, Kind]) -> dict[str, Kind]:
    return {name: kind for name, kind in declared.items() if name in frame.columns}


def _hide_identity(frame: pl.DataFrame, key: IdentityKey) -> pl.DataFrame:
    """Return the table with `id_number` as keyed hash and mask; the number itself is gone."""
    if _IDENTITY not in frame.columns:
        return frame
    cleaned = clean_column(frame, _IDENTITY, ValueKind.ID_NUMBER, None, {}, key).columns
    return frame.drop(_IDENTITY, "id_hash", "id_mask", strict=False).with_columns(
        cleaned[""].alias("id_hash"), cleaned["_mask"].alias("id_mask")
    )


def _codes(frame: pl.DataFrame, name: str, codes: Mapping[str, Text]) -> pl.DataFrame:
    """Return the table with Chinese words of a coded column replaced by their codes."""
    if name not in frame.columns:
        return frame
    words = {text.zh: code for code, text in codes.items()}
    return frame.with_columns(pl.col(name).replace(words))


def _is_known(column: str, known: pl.DataFrame) -> Rule:
    uids = known.get_column("uid").implode()
    return Rule(~pl.col(column).is_in(uids), column, "is no uid of an imported node")


def _record_ids(frame: pl.DataFrame, form: Resource, columns: Mapping[str, Kind]) -> pl.Series:
    """Return one id a row: what it says, not how its cells are written."""
    return says(typed_values(frame, columns), form.code, columns)


def _intake(
    raw: RawTable, frame: pl.DataFrame, rules: list[Rule], columns: Mapping[str, Kind]
) -> Intake:
    """Return the accepted rows as a ledger frame and the others with the rule they broke."""
    own = "ledger_id" if "ledger_id" in frame.columns else "record_id"
    names = [name for name in frame.columns if name in columns or name.startswith(_EXTRA)]
    headers = [name.removeprefix(_EXTRA) for name in names]
    column, rule = judged(frame, [*cell_rules(names, headers), *rules])
    cells = [masked(frame[name]) for name in names]
    accepted = frame.filter(rule.is_null()).select(
        pl.col(own).alias("record_id"),
        pl.col(ROW).alias("row"),
        pl.lit(None, dtype=pl.Date).alias("seen_on"),
        *(typed(name, kind).alias(f"v_{name}") for name, kind in columns.items()),
        *([pl.col(VERSION).alias(f"v_{VERSION}")] if VERSION in frame.columns else []),
    )
    given = {
        f"{_EXTRA}{header}": cell.filter(rule.is_null())
        for header, cell in zip(headers, cells, strict=True)
    }
    bad = rejected_rows(headers, cells, frame[ROW], column, rule)
    return Intake(accepted.with_columns(**given), with_broken(bad, raw))
