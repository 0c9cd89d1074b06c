"""The three tables of an imported graph as resources, their columns derived from the schema."""

from collections.abc import Iterator, Mapping

from graph.schema.catalog import SCHEMA
from graph.schema.words import Kind, Property
from loaders.catalogue.resource import Column, Resource, Title, ValueKind

KINDS: dict[Kind, ValueKind] = {
    Kind.TEXT: ValueKind.TEXT,
    Kind.INTEGER: ValueKind.INTEGER,
    Kind.FRACTION: ValueKind.FRACTION,
    Kind.AMOUNT: ValueKind.MONEY,
    Kind.DATE: ValueKind.DATE,
    Kind.BOOLEAN: ValueKind.BOOLEAN,
    Kind.TEXT_LIST: ValueKind.TEXT,
    Kind.INTEGER_LIST: ValueKind.TEXT,
}
# What the ledger says of every row by itself; a file cannot set it.
_OWN = frozenset({"resource", "record_id", "mentions", "first_seen", "last_seen"})
# Of a link whether it is recorded, computed or a lead; of an engagement it is a property.
_OWN_OF_LINKS = _OWN | {"kind"}


def node_columns() -> dict[str, Kind]:
    """Return the columns of nodes.csv: uid, label, name and every declared property of a node."""
    declared = (
        item
        for node in SCHEMA.nodes
        if node.label != "CreditRecord"
        for item in SCHEMA.node_properties(node.label)
    )
    columns = {"uid": Kind.TEXT, "label": Kind.TEXT, "name": Kind.TEXT}
    return columns | dict(_settable(declared))


def edge_columns() -> dict[str, Kind]:
    """Return the columns of edges.csv: source, target, type, every declared property of a link."""
    declared = (item for link in SCHEMA.links for item in SCHEMA.link_properties(link.name))
    return {"source": Kind.TEXT, "target": Kind.TEXT, "type": Kind.TEXT} | dict(
        _settable(declared, _OWN_OF_LINKS)
    )


def record_columns() -> dict[str, Kind]:
    """Return the columns of records.csv: record_id, subject and every property of a record."""
    declared = SCHEMA.node("CreditRecord").properties
    return {"record_id": Kind.TEXT, "subject": Kind.TEXT} | dict(_settable(declared))


def _settable(
    properties: Iterator[Property] | tuple[Property, ...], own: frozenset[str] = _OWN
) -> Iterator[tuple[str, Kind]]:
    for item in properties:
        if not item.computed and item.name not in own:
            yield item.name, item.kind


def _form(code: str, zh: str, en: str, columns: dict[str, Kind], key: tuple[str, ...]) -> Resource:
    return Resource(
        code=code,
        title=Title(zh=zh, en=en),
        department="import",
        tier="site",
        subject="party",
        natural_key=key,
        columns={
            name: Column(headers=(name,), kind=KINDS[kind], mandatory=name in key)
            for name, kind in columns.items()
        },
    )


NODES = _form("flat_nodes", "导入主体", "Imported nodes", node_columns(), ("uid", "label"))
EDGES = _form(
    "flat_edges", "导入关系", "Imported links", edge_columns(), ("source", "target", "type")
)
RECORDS = _form(
    "flat_records",
    "导入记录",
    "Imported records",
    record_columns(),
    ("record_id", "subject", "class"),
)
FORMS = {form.code: form for form in (NODES, EDGES, RECORDS)}


def with_forms(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """Return a catalogue's resources by code and these, which have a title as well."""
    return {**resources, **FORMS}
