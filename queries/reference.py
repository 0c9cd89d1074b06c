"""The library of named queries as a page, from the cards themselves."""

from collections.abc import Iterator

from queries.card import Parameter, Query
from queries.catalog import load_catalog


def queries_page() -> str:
    """Return the page docs/queries.md."""
    queries = load_catalog()
    lines = [
        "# Named queries",
        "",
        f"{len(queries)} queries, each unchanged on the embedded engine and on Neo4j:",
        "`xinmai query run ID -p name=value`, many with `xinmai query batch FILE --out DIR`.",
        "Q1 to Q11 are the questions that inspectors ask.",
        "",
        "| id | 中文 | answers | questions |",
        "|---|---|---|---|",
        *(
            f"| [{one.id}](#{one.id.replace('.', '')}) | {one.title.zh} | {one.title.en}"
            f" | {', '.join(one.questions)} |"
            for one in queries
        ),
    ]
    for one in queries:
        lines += ["", *_query(one)]
    return "\n".join(lines)


def _query(one: Query) -> Iterator[str]:
    yield f"## {one.id}"
    yield ""
    yield f"{one.title.zh}. {one.purpose}"
    yield ""
    yield f"Columns: {', '.join(one.columns)}."
    if one.params:
        yield ""
        yield "| parameter | kind | 中文 | default | bounds |"
        yield "|---|---|---|---|---|"
        for item in one.params:
            yield _parameter(item)


def _parameter(item: Parameter) -> str:
    bounds = "" if item.minimum is None else f"{item.minimum:g} to {item.maximum:g}"
    default = "" if item.default is None else item.default
    return f"| {item.name} | {item.kind} | {item.title} | {default} | {bounds} |"
