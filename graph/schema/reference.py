"""The schema as a page: picture, labels, links, coded values, all from its one declaration."""

from collections.abc import Iterator, Mapping

from graph.schema import codes
from graph.schema.cypher import constraints, full_text_indexes
from graph.schema.words import NodeType, Property, Schema, Text

_CODED: Mapping[str, Mapping[str, Text]] = {
    "record_class": codes.RECORD_CLASSES,
    "severity": codes.SEVERITIES,
    "status": codes.STATUSES,
    "post": codes.POSTS,
    "kind": codes.KINDS,
    "level": codes.LEVELS,
}


def legend(schema: Schema) -> list[tuple[str, Text, str, str]]:
    """Return (label, title, fill, shape) of every node type that is drawn."""
    return [
        (node.label, node.title, node.sign.fill, node.sign.shape.value)
        for node in schema.nodes
        if node.sign is not None
    ]


def schema_page(schema: Schema) -> str:
    """Return the page docs/schema.md."""
    lines = [
        "# Schema",
        "",
        "Declared once in graph/schema; constraints, MERGE texts, row checks, legend and this page",
        "follow from it. FRACTION is 0..1, AMOUNT is in yuan, DATE is ISO text in a store.",
        "",
        "```mermaid",
        "graph LR",
        *_picture(schema),
        "```",
        "",
        "## Legend",
        "",
        "| label | 中文 | fill | shape |",
        "|---|---|---|---|",
        *(
            f"| {label} | {title.zh} | `{fill}` | {shape} |"
            for label, title, fill, shape in legend(schema)
        ),
        "",
        "## Labels",
        "",
    ]
    for node in schema.nodes:
        lines += _node(node)
    lines += ["Every node that owns or inherits a key also carries:", ""]
    lines += [*_properties(schema.node_common), "", "## Links", ""]
    for link in schema.links:
        ends = ", ".join(f"{source} → {target}" for source, target in link.ends)
        lines += [f"### {link.name} {link.title.zh}", ""]
        lines += [f"{link.title.en}: {ends}. Family {link.family.value}.", ""]
        lines += [f"- {link.forward.zh}", f"- {link.backward.zh}", ""]
        lines += [*_properties(link.properties), ""]
    lines += ["Every link also carries:", "", *_properties(schema.link_common), ""]
    lines += ["## Coded values", ""]
    for name, values in _CODED.items():
        words = " · ".join(f"`{code}` {text.zh} {text.en}" for code, text in values.items())
        lines += [f"- **{name}**: {words}"]
    lines += ["", "## Constraints and full-text indexes", "", "```cypher"]
    lines += [f"{text};" for text in (*constraints(schema), *full_text_indexes(schema))]
    return "\n".join([*lines, "```"])


def _picture(schema: Schema) -> Iterator[str]:
    for node in schema.nodes:
        if not node.role:
            yield f'  {node.label}["{node.title.zh}<br/>{node.label}"]'
    for link in schema.links:
        for source, target in link.ends:
            yield f"  {source} -->|{link.title.zh}| {target}"


def _node(node: NodeType) -> Iterator[str]:
    yield f"### {node.label} {node.title.zh}"
    yield ""
    kind = "A role beside a party's own label" if node.role else "Abstract" if node.abstract else ""
    bases = f"also carries {', '.join(node.bases)}" if node.bases else ""
    key = f"key `{node.key}`" if node.key else ""
    said = "; ".join(part for part in (kind, bases, key) if part)
    yield f"{node.title.en}.{f' {said}.' if said else ''}"
    yield ""
    if node.properties:
        yield from _properties(node.properties)
        yield ""


def _properties(properties: tuple[Property, ...]) -> Iterator[str]:
    yield "| property | 中文 | kind | meaning |"
    yield "|---|---|---|---|"
    for item in properties:
        computed = " (computed)" if item.computed else ""
        yield f"| {item.name} | {item.title.zh} | {item.kind.value} | {item.title.en}{computed} |"
