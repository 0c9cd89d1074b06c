"""隐去姓名: people by their surname alone, on the canvas and in every file that is made of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from app.presenters.chain import Names, name_of
from graph.analysis.party import Described
from graph.model import Link
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot

# What stands for the rest of a name: one sign, whatever its length (screens.md 2).
REST = "*"
# Surnames of two characters that are borne today; every other Chinese surname has one.
_PAIRS = (
    "欧阳上官司马诸葛司徒皇甫尉迟夏侯慕容令狐端木公孙轩辕长孙宇文东方南宫独孤鲜于闻人钟离申屠澹台"
)
_TWO = frozenset(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))
# A person, and the role that goes before it on the canvas.
_PEOPLE = frozenset({"Person", "KeyProfessional"})
# Of an organisation: whose name its register says.
_NAMED = "representative_name"
_FORMER = "former_names"


class Labelled(Names, Protocol):
    """Who knows parties' names and what they are: the snapshot."""

    def label_at(self, place: int) -> str:
        """Return the label at a place."""


def veiled(name: str) -> str:
    """Return the surname of a person with a sign for the rest.

    >>> veiled("张伟"), veiled("欧阳小明"), veiled("SMITH John")
    ('张*', '欧阳*', 'S*')
    """
    if not name:
        return name
    long = name[:2] in _TWO and len(name) > len("欧阳")
    return name[: 2 if long else 1] + REST


def without_names(drawn: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return a picture with people by their surname; `names` knows who heads a family."""
    nodes = [
        {**node, "name": veiled(node["name"])} if node["style"] in _PEOPLE else node
        for node in drawn["nodes"]
    ]
    families = {uid: name_of(names, uid) for uid in drawn.get("families", {})}
    return {**drawn, "nodes": nodes} | ({"families": families} if families else {})


class Veil:
    """The names of a snapshot, people by their surname alone."""

    def __init__(self, names: Labelled) -> None:
        """Stand before a snapshot."""
        self._names = names

    def find(self, uid: str) -> int | None:
        """Return a party's place."""
        return self._names.find(uid)

    def name_at(self, place: int) -> str:
        """Return the name at a place, a person's as a surname."""
        name = self._names.name_at(place)
        return veiled(name) if SCHEMA.is_a(self._names.label_at(place), "Person") else name

    def link(self, key: str) -> Link:
        """Return a link by its key."""
        return self._names.link(key)


def without_names_of(described: Described, snapshot: Snapshot) -> Described:
    """Return what is known of a party with the people in it by their surname."""
    names, node = Veil(snapshot), described.node
    values = dict(node.properties)
    person = "Person" in node.labels
    if values.get(_NAMED):
        values[_NAMED] = veiled(str(values[_NAMED]))
    former = values.get(_FORMER)
    if person and isinstance(former, list | tuple):
        values[_FORMER] = tuple(veiled(str(one)) for one in former)
    return replace(
        described,
        node=replace(node, name=name_of(names, node.uid), properties=values),
        names={uid: name_of(names, uid) for uid in described.names},
        mentions=tuple(
            {**one, "name": veiled(str(one["name"]))} if person and one.get("name") else one
            for one in described.mentions
        ),
    )
