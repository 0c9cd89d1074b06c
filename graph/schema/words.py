"""The words a schema is made of: texts, properties, node types, link types."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graph.errors import SchemaError

_LABEL = re.compile(r"[A-Z][A-Za-z]*\Z")
_LINK = re.compile(r"[A-Z]+(_[A-Z]+)*\Z")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*\Z")


class Kind(StrEnum):
    """What kind of value a property holds, and how it travels.

    In tables: FRACTION and AMOUNT are float64, INTEGER is int64, DATE is a date, lists are lists.
    In a store: the same, but a DATE is ISO text, which both engines compare alike.
    """

    TEXT = "text"
    INTEGER = "integer"
    FRACTION = "fraction"
    AMOUNT = "amount"
    DATE = "date"
    BOOLEAN = "boolean"
    TEXT_LIST = "text_list"
    INTEGER_LIST = "integer_list"


@dataclass(frozen=True, slots=True)
class Text:
    """One caption in both languages; Chinese is what the field says."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh or not self.en:
            raise SchemaError("text", (self.zh, self.en), "must be given in both languages")

    def to(self, language: str) -> str:
        """Return the caption in `language`, "zh" or "en"."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Property:
    """One declared value of a node or link; FRACTION is 0..1, AMOUNT is in yuan unless said."""

    name: str
    kind: Kind
    title: Text
    computed: bool = False

    def __post_init__(self) -> None:
        if not _PROPERTY.match(self.name):
            raise SchemaError("property", self.name, "must be lower_snake_case")


def declare(name: str, kind: Kind, zh: str, en: str, *, computed: bool = False) -> Property:
    """Return a property; short, because the catalogue has a hundred of them."""
    return Property(name, kind, Text(zh, en), computed)


class Shape(StrEnum):
    """How a node type is drawn (screens.md 2); never colour alone."""

    SQUARE = "square"
    CIRCLE = "circle"
    SQUARE_BAR = "square_bar"
    CIRCLE_BAR = "circle_bar"
    SHIELD = "shield"
    HEXAGON = "hexagon"
    DASHED = "dashed"
    DIAMOND = "diamond"
    SHEET = "sheet"
    TRIANGLE = "triangle"


@dataclass(frozen=True, slots=True)
class Sign:
    """Fill colour and shape of a node type in legends, on the canvas and in reports."""

    fill: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class NodeType:
    """One label: what it means, what it carries, how it is drawn.

    `bases` are the further labels that every such node also carries. A type with `key` owns the
    uniqueness constraint for itself and all that name it as base. A `role` is a label added to a
    party beside its own.
    """

    label: str
    title: Text
    properties: tuple[Property, ...] = ()
    bases: tuple[str, ...] = ()
    key: str | None = None
    role: bool = False
    abstract: bool = False
    sign: Sign | None = None
    full_text: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _LABEL.match(self.label):
            raise SchemaError("label", self.label, "must be UpperCamelCase letters")


class Family(StrEnum):
    """Families of links, by which they are coloured and filtered."""

    OWNERSHIP = "ownership"
    POSTS = "posts"
    SERVICE = "service"
    GUARANTEE = "guarantee"
    SHARED = "shared"
    BRANCH = "branch"
    RECORD = "record"
    IDENTITY = "identity"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LinkType:
    """One link type: its ends, its values, how it reads from both sides.

    `forward` and `backward` are sentences with {source}, {target} and any property in braces.
    """

    name: str
    title: Text
    ends: tuple[tuple[str, str], ...]
    family: Family
    forward: Text
    backward: Text
    properties: tuple[Property, ...] = ()

    def __post_init__(self) -> None:
        if not _LINK.match(self.name):
            raise SchemaError("link type", self.name, "must be UPPER_SNAKE_CASE")
        if not self.ends:
            raise SchemaError("link type", self.name, "must name what it joins")


@dataclass(frozen=True, slots=True)
class Schema:
    """All node and link types; refuses to exist where they contradict each other."""

    nodes: tuple[NodeType, ...]
    links: tuple[LinkType, ...]
    link_common: tuple[Property, ...]
    node_common: tuple[Property, ...]

    def __post_init__(self) -> None:
        labels = [node.label for node in self.nodes]
        names = [link.name for link in self.links]
        for thing, values in (("label", labels), ("link type", names)):
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise SchemaError(thing, sorted(twice), "is declared twice")
        # The embedded engine keeps labels and link types in one space of names, ignoring case.
        both = {label.upper() for label in labels} & set(names)
        if both:
            raise SchemaError("name", sorted(both), "is both a label and a link type")
        self._check_bases(set(labels))
        self._check_kinds()

    def _check_bases(self, labels: set[str]) -> None:
        for node in self.nodes:
            for base in set(node.bases) - labels:
                raise SchemaError(f"label {node.label}", base, "is not a declared base")
        for link in self.links:
            for end in {end for pair in link.ends for end in pair} - labels:
                raise SchemaError(f"link type {link.name}", end, "is not a declared label")

    def _check_kinds(self) -> None:
        # One column a property name in the snapshot's tables: two kinds cannot share it.
        for owners in (self.nodes, self.links):
            kinds: dict[str, Kind] = {}
            for owner in owners:
                for item in owner.properties:
                    if kinds.setdefault(item.name, item.kind) is not item.kind:
                        raise SchemaError("property", item.name, "is declared with two kinds")

    def node(self, label: str) -> NodeType:
        """Return the node type with this label; SchemaError if there is none."""
        for node in self.nodes:
            if node.label == label:
                return node
        raise SchemaError("label", label, "is not declared")

    def link(self, name: str) -> LinkType:
        """Return the link type of this name; SchemaError if there is none."""
        for link in self.links:
            if link.name == name:
                return link
        raise SchemaError("link type", name, "is not declared")

    def labels_of(self, label: str) -> tuple[str, ...]:
        """Return the label with all its bases, own label first.

        >>> from graph.schema.catalog import SCHEMA
        >>> SCHEMA.labels_of("Enterprise")
        ('Enterprise', 'Organisation', 'Party')
        """
        return (label, *self.node(label).bases)

    def is_a(self, label: str, base: str) -> bool:
        """Return whether a node with `label` also carries `base`."""
        return base in self.labels_of(label)

    def node_properties(self, label: str) -> Iterator[Property]:
        """Yield every property a node with this label may have: common, inherited, own."""
        yield from self.node_common
        for name in reversed(self.labels_of(label)):
            yield from self.node(name).properties

    def link_properties(self, name: str) -> Iterator[Property]:
        """Yield every property a link of this type may have: common, then own."""
        yield from self.link_common
        yield from self.link(name).properties
