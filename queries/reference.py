"""The library of named queries as a page, from the cards themselves."""

from collections.abc import Iterator

from queries.card import KINDS, Parameter, Query
from queries.catalog import load_catalog

# A batch that shows every field; the tests read it as a person's file.
EXAMPLE = """\
title: 名单核查
items:
  - {name: 一人多企, query: people.many_posts, params: {least: 5}}
  - {name: 信用记录, query: trace.records}
  - name: 所列资本以上的企业
    cypher: |
      MATCH (e:Enterprise) WHERE e.name CONTAINS $word AND e.registered_capital >= $least
      RETURN e.name AS name, e.registered_capital AS capital ORDER BY capital DESC LIMIT 100
    for_each: words.csv
    kinds: {least: integer}
"""


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
        "",
        *_batches(),
    ]
    for one in queries:
        lines += ["", *_query(one)]
    return "\n".join(lines)


def _batches() -> Iterator[str]:
    yield "## Batches"
    yield ""
    yield "A batch is a YAML file (UTF-8); `queries/batches/` has two."
    yield ""
    yield from ("```yaml", *EXAMPLE.splitlines(), "```")
    yield ""
    yield "| field | what it says |"
    yield "|---|---|"
    yield "| title | heading of the results; else the name of the file |"
    yield "| items | what is asked, in this order |"
    yield "| name | of the item and its file; else the id of its query |"
    yield "| query | the id of a named query, with its defaults |"
    yield "| cypher | instead: one's own. It only reads and ends with `LIMIT n`; see schema.md |"
    yield "| params | name: value; `as_of` is today where it is not given |"
    yield "| for_each | a CSV beside the batch: asked once a row, whose columns are parameters |"
    yield f"| kinds | what a column is to own Cypher, text unless said: {', '.join(KINDS)} |"
    yield ""
    yield (
        "With `--list` (csv, xlsx) a query that leaves `uid` open is asked for each subject of the"
        " list, one that leaves `uids` open once about all; rows without a subject are named in the"
        " manifest."
    )
    yield ""
    yield (
        "In the folder are a file of each name, `workbook.xlsx` with all of them, `manifest.json`"
        " (what ran, on which snapshot, how long, how many rows, what failed), `journal.jsonl`,"
        " from which `--resume` goes on, and `result.zip` with the lot. One that fails or is slow"
        " never stops the others: an item is ok, empty, capped (there are more rows),"
        " refused, failed or timed_out. The command ends with 1 where one was not answered or a"
        " row of the list has no subject."
    )


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
