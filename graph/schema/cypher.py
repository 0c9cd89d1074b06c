"""The Cypher that follows from the schema: constraints, indexes, MERGE and DELETE texts.

Every name in a text is one the schema declares (SchemaError otherwise); values are parameters.
"""

from collections.abc import Sequence

from graph.errors import SchemaError
from graph.schema.words import NodeType, Schema

# An internal node outside the schema: it says which snapshot a store holds.
MARK = "XinmaiMark"
MARK_UID, SCAN_UID = "mark", "scan"
READ_MARK = f"MATCH (m:{MARK} {{uid: '{MARK_UID}'}}) RETURN m.snapshot AS snapshot"
WRITE_MARK = f"MERGE (m:{MARK} {{uid: '{MARK_UID}'}}) SET m.snapshot = $snapshot"
# Another of that label: of which scan exposures stand at the nodes.
READ_SCAN = f"MATCH (m:{MARK} {{uid: '{SCAN_UID}'}}) RETURN m.snapshot AS scan"
WRITE_SCAN = f"MERGE (m:{MARK} {{uid: '{SCAN_UID}'}}) SET m.snapshot = $scan"
MARK_CONSTRAINT = (
    f"CREATE CONSTRAINT {MARK.lower()}_uid IF NOT EXISTS FOR (n:{MARK}) REQUIRE n.uid IS UNIQUE"
)
# Splits Chinese into pairs of characters; both engines know it.
ANALYZER = "cjk"


def constraints(schema: Schema) -> list[str]:
    """Return one uniqueness constraint for each label that owns a key."""
    return [
        f"CREATE CONSTRAINT {node.label.lower()}_{node.key} IF NOT EXISTS"
        f" FOR (n:{node.label}) REQUIRE n.{node.key} IS UNIQUE"
        for node in schema.nodes
        if node.key
    ]


def indexes(schema: Schema) -> list[str]:
    """Return the indexes of link keys, then of the names of nodes that own a key."""
    keys = [
        f"CREATE INDEX {link.name.lower()}_key IF NOT EXISTS FOR ()-[r:{link.name}]-() ON (r.key)"
        for link in schema.links
    ]
    names = [
        f"CREATE INDEX {node.label.lower()}_name IF NOT EXISTS FOR (n:{node.label}) ON (n.name)"
        for node in schema.nodes
        if node.key
    ]
    return keys + names


def full_text_indexes(schema: Schema) -> list[str]:
    """Return the full-text indexes, in the words of Neo4j alone."""
    return [
        f"CREATE FULLTEXT INDEX {node.label.lower()}_text IF NOT EXISTS FOR (n:{node.label})"
        f" ON EACH [{', '.join(f'n.{name}' for name in node.full_text)}]"
        f" OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{ANALYZER}'}}}}"
        for node in schema.nodes
        if node.full_text
    ]


def owner(schema: Schema, labels: Sequence[str]) -> NodeType:
    """Return the node type among these labels and their bases that owns the key."""
    for label in labels:
        for name in schema.labels_of(label):
            if schema.node(name).key:
                return schema.node(name)
    raise SchemaError("labels", tuple(labels), "have no key")


def read_nodes(schema: Schema, labels: Sequence[str]) -> str:
    """Return the text that reads what is known of $uids: uid, labels, properties."""
    return (
        f"UNWIND $uids AS uid {_match(schema, labels[0], 'n', 'uid', check=False)}"
        " RETURN uid, labels(n) AS labels, properties(n) AS properties"
    )


def create_nodes(schema: Schema, labels: Sequence[str]) -> str:
    """Return the text that writes $rows of new nodes, each a map of all properties with uid.

    Not MERGE: the embedded engine cannot add labels to a node within the statement that made it.
    """
    owner(schema, labels)
    names = ":".join(schema.node(label).label for label in labels)
    return f"UNWIND $rows AS row CREATE (n:{names}) SET n = row"


def replace_nodes(schema: Schema, labels: Sequence[str]) -> str:
    """Return the text that replaces all properties of known nodes by $rows and adds the labels."""
    key = owner(schema, labels).label
    names = ":".join(schema.node(label).label for label in labels)
    return f"UNWIND $rows AS row MATCH (n:{key} {{uid: row.uid}}) SET n = row SET n:{names}"


def remove_labels(schema: Schema, keep: Sequence[str], gone: Sequence[str]) -> str:
    """Return the text that takes the labels `gone` from the nodes of $uids."""
    key = owner(schema, keep)
    names = ":".join(schema.node(label).label for label in gone)
    return f"UNWIND $uids AS uid MATCH (n:{key.label} {{uid: uid}}) REMOVE n:{names}"


def read_uids(schema: Schema, label: str) -> str:
    """Return the text that reads which of $uids are nodes with this label."""
    return f"UNWIND $uids AS uid {_match(schema, label, 'n', 'uid')} RETURN uid"


def read_links(schema: Schema, type_name: str) -> str:
    """Return the text that reads what is known of $keys: key, source, target, properties."""
    return (
        # IN: the embedded engine would walk all links of the type once for every unwound key.
        f"MATCH (a)-[r:{schema.link(type_name).name}]->(b) WHERE r.key IN $keys"
        " RETURN r.key AS key, a.uid AS source, b.uid AS target, properties(r) AS properties"
    )


def create_links(schema: Schema, type_name: str, source: str, target: str) -> str:
    """Return the text that writes $rows of new links: {key, source, target, properties: map}.

    MERGE, so that a statement done twice is as done once.
    """
    return (
        f"UNWIND $rows AS row {_match(schema, source, 'a', 'row.source')}"
        f" {_match(schema, target, 'b', 'row.target')}"
        f" MERGE (a)-[r:{schema.link(type_name).name} {{key: row.key}}]->(b) SET r = row.properties"
        " RETURN count(*) AS made"
    )


def delete_nodes(schema: Schema, label: str) -> str:
    """Return the text that deletes the nodes of $uids with their links, and counts them."""
    return (
        f"UNWIND $uids AS uid {_match(schema, label, 'n', 'uid')}"
        " DETACH DELETE n RETURN count(*) AS gone"
    )


def delete_links(schema: Schema, type_name: str) -> str:
    """Return the text that deletes the links of $keys, and counts them."""
    return (
        f"MATCH ()-[r:{schema.link(type_name).name}]->() WHERE r.key IN $keys"
        " DELETE r RETURN count(*) AS gone"
    )


def all_uids(schema: Schema, label: str) -> str:
    """Return the read of every uid under a label that owns a key."""
    return f"MATCH (n:{schema.node(label).label}) RETURN n.uid AS uid"


def all_computed(schema: Schema, label: str, property_name: str) -> str:
    """Return the read of every node under a label with this computed property, with all of them."""
    names = [item.name for item in schema.node(label).properties if item.computed]
    columns = ", ".join(f"n.{name} AS {name}" for name in names)
    present = names[names.index(property_name)]
    return (
        f"MATCH (n:{schema.node(label).label}) WHERE n.{present} IS NOT NULL"
        f" RETURN n.uid AS uid, {columns}"
    )


def all_keys(schema: Schema, type_name: str) -> str:
    """Return the read of every link key of a type, between nodes that may be ours."""
    link = schema.link(type_name)
    source, target = (owner(schema, (end,)).label for end in link.ends[0])
    return (
        f"MATCH (:{source})-[r:{link.name}]->(:{target})"
        " WHERE r.key IS NOT NULL RETURN r.key AS key"
    )


def foreign_node(schema: Schema) -> str:
    """Return the read of a node under a label of ours that somebody else wrote, if there is one.

    Ours have a uid and the label that owns it, and where no mark was ever set there are none.
    """
    every = " OR ".join(f"n:{node.label}" for node in schema.nodes)
    owners = " OR ".join(f"n:{node.label}" for node in schema.nodes if node.key)
    return (
        f"OPTIONAL MATCH (m:{MARK} {{uid: '{MARK_UID}'}}) WITH count(m) AS marks"
        f" MATCH (n) WHERE ({every}) AND (marks = 0 OR n.uid IS NULL OR NOT ({owners}))"
        " RETURN labels(n) AS labels LIMIT 1"
    )


def _match(schema: Schema, label: str, name: str, uid: str, *, check: bool = True) -> str:
    # The key of a base is the one that is indexed; the label itself is a condition beside it.
    key = owner(schema, (label,)).label
    text = f"MATCH ({name}:{key} {{uid: {uid}}})"
    return f"{text} WHERE {name}:{label}" if check and key != label else text
