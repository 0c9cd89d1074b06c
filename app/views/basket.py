"""What is to be asked in one go: filled from any screen, kept on the desk under one's own name."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

import streamlit as st

from app.desk.drafts import Drafts
from app.texts.read import text
from app.views import person
from app.workspace import Workspace
from queries.batch import Item
from queries.guard import parameters

_NAME = "batch"
# What the query screen opens with when another screen sends a statement there.
SENT = "sent_statement"


@cache
def drafts_of(workspace: Workspace) -> Drafts:
    """Return the drafts of a workspace's desk, opened once a process."""
    return Drafts(f"sqlite:///{workspace.desk}")


def items(workspace: Workspace) -> list[Item]:
    """Return what is in the basket."""
    kept = drafts_of(workspace).last(_NAME, person.who())
    if not isinstance(kept, list):
        return []
    return [
        Item(one["name"], one["query"], one["cypher"], one["params"], one["name"]) for one in kept
    ]


def add(workspace: Workspace, name: str, asked: Mapping[str, object]) -> None:
    """Put a query in; `asked` is {query or cypher, params}. A name that is taken gets a number."""
    held = items(workspace)
    names = {one.name for one in held}
    free = name
    count = 1
    while free in names:
        count += 1
        free = f"{name} {count}"
    params = asked.get("params")
    new = Item(
        free,
        None if asked.get("query") is None else str(asked["query"]),
        None if asked.get("cypher") is None else str(asked["cypher"]),
        dict(params) if isinstance(params, Mapping) else {},
        free,
    )
    keep(workspace, [*held, new])


def offer(workspace: Workspace, command: str, cypher: str, known: Mapping[str, object]) -> None:
    """Draw what can be done with a statement: ask it in the batch, or keep it as a template."""
    key = hashlib.sha256(f"{command}\n{cypher}".encode()).hexdigest()[:12]
    row = st.container(horizontal=True)
    if row.button(text("frame.to_batch"), key=f"to-batch-{key}"):
        used = {name: known[name] for name in parameters(cypher) if known.get(name) is not None}
        add(workspace, text("query.own"), {"cypher": cypher, "params": used})
        st.success(text("frame.in_batch"))
    if row.button(text("frame.to_template"), key=f"to-template-{key}"):
        st.session_state[SENT] = cypher
        st.switch_page(st.session_state["pages"]["query"])


def keep(workspace: Workspace, held: Sequence[Item]) -> None:
    """Keep what is in the basket from now on."""
    told = [
        {"name": one.name, "query": one.query, "cypher": one.cypher, "params": dict(one.params)}
        for one in held
    ]
    drafts_of(workspace).keep(_NAME, person.who(), told, datetime.now().astimezone())
