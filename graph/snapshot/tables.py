"""The columns of a snapshot's tables, derived from the schema."""

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from graph.schema.catalog import SCHEMA
from graph.schema.words import Kind, Property

PolarsType = DataType | DataTypeClass

TYPES: dict[Kind, PolarsType] = {
    Kind.TEXT: pl.String,
    Kind.INTEGER: pl.Int64,
    Kind.FRACTION: pl.Float64,
    Kind.AMOUNT: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.BOOLEAN: pl.Boolean,
    Kind.TEXT_LIST: pl.List(pl.String),
    Kind.INTEGER_LIST: pl.List(pl.Int64),
}


def _columns(properties: list[Property]) -> dict[str, PolarsType]:
    return {item.name: TYPES[item.kind] for item in properties if not item.computed}


def _unique(groups: list[tuple[Property, ...]]) -> list[Property]:
    seen: dict[str, Property] = {}
    for group in groups:
        for item in group:
            seen.setdefault(item.name, item)
    return list(seen.values())


_RECORD = SCHEMA.node("CreditRecord")
_NODE_TYPES = [node for node in SCHEMA.nodes if node.label != "CreditRecord"]

# One row a node that is no credit record, sorted by uid. `labels`: own label, then roles, no bases.
# `sources`: "property:record_id" of each value that another record than `record_id` says, sorted.
NODES: dict[str, PolarsType] = {
    "uid": pl.String,
    "label": pl.String,
    "labels": pl.List(pl.String),
    **_columns(_unique([SCHEMA.node_common, *(node.properties for node in _NODE_TYPES)])),
    "sources": pl.List(pl.String),
}

# One row a link but SUBJECT_OF, which follows from RECORDS; sorted by key. `records`: every ledger
# record that says so, the one with authority (`record_id`) first.
LINKS: dict[str, PolarsType] = {
    "key": pl.String,
    "type": pl.String,
    "source": pl.String,
    "target": pl.String,
    **_columns(_unique([SCHEMA.link_common, *(link.properties for link in SCHEMA.links)])),
    "records": pl.List(pl.String),
}

# One row a credit record and subject, sorted by uid; a decision that names two has two rows.
RECORDS: dict[str, PolarsType] = {
    "uid": pl.String,
    "subject": pl.String,
    **_columns(_unique([SCHEMA.node_common, _RECORD.properties])),
    "records": pl.List(pl.String),
}

# One row a mention of a party (a role of a ledger record), by (record_id, role). `own_uid` is
# the uid that the mention would have alone: an alias that still finds the entity after a merge.
# Rows of an imported link or record name no party: role "link" or "record", `uid` is null.
MENTIONS: dict[str, PolarsType] = {
    "record_id": pl.String,
    "role": pl.String,
    "own_uid": pl.String,
    "uid": pl.String,
    "name": pl.String,
    "resource": pl.String,
    "batch": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "rule": pl.String,
}

# The rule of a conflict between two files of an imported graph: the later one is believed.
SUPERSEDED = "superseded"
# One row a value of a property that does not hold: one of higher authority does, or what a later
# file says (`chosen`, null where it says nothing: SUPERSEDED); sorted by all columns.
CONFLICTS: dict[str, PolarsType] = {
    "uid": pl.String,
    "property": pl.String,
    "value": pl.String,
    "chosen": pl.String,
    "resource": pl.String,
    "record_id": pl.String,
    "rule": pl.String,
}

TABLES = {
    "nodes": NODES,
    "links": LINKS,
    "records": RECORDS,
    "mentions": MENTIONS,
    "conflicts": CONFLICTS,
}

# Columns of few different texts: in the files each text stands once, rows hold its number.
CODED = frozenset(
    {
        "authority",
        "batch",
        "capital_currency",
        "cause",
        "class",
        "country",
        "court",
        "creditor",
        "currency",
        "decided_by",
        "department_grade",
        "disclosure",
        "enterprise_type",
        "file",
        "industry",
        "industry_edition",
        "kind",
        "label",
        "measure",
        "nationality",
        "outcome",
        "owner_tier",
        "partner_kind",
        "post",
        "post_word",
        "property",
        "purchaser",
        "reason",
        "region",
        "resource",
        "role",
        "rule",
        "rule_version",
        "scope",
        "sector",
        "service",
        "severity",
        "severity_basis",
        "severity_word",
        "sex",
        "state",
        "status",
        "type",
    }
)
