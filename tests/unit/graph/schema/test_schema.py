"""The one declaration: what it refuses, and that all that is derived agrees with it."""

from dataclasses import replace

import pytest

from graph.errors import SchemaError
from graph.schema.catalog import SCHEMA
from graph.schema.reference import schema_page
from graph.schema.words import Family, Kind, LinkType, NodeType, Property, Schema, Text, declare

TEXT = Text("甲", "A")


def _link(
    name: str = "KNOWS", ends: tuple[tuple[str, str], ...] = (("Person", "Person"),)
) -> LinkType:
    return LinkType(name, TEXT, ends, Family.OTHER, TEXT, TEXT)


def _schema(nodes: tuple[NodeType, ...], links: tuple[LinkType, ...] = ()) -> Schema:
    return Schema(nodes, links, (), ())


PERSON = NodeType("Person", TEXT)


def test_a_caption_is_given_in_both_languages() -> None:
    assert (TEXT.to("zh"), TEXT.to("en"), TEXT.to("fr")) == ("甲", "A", "甲")
    with pytest.raises(SchemaError, match="both languages"):
        Text("甲", "")


def test_names_have_one_form() -> None:
    with pytest.raises(SchemaError, match="lower_snake_case"):
        Property("Bad", Kind.TEXT, TEXT)
    with pytest.raises(SchemaError, match="UpperCamelCase"):
        NodeType("bad", TEXT)
    with pytest.raises(SchemaError, match="UPPER_SNAKE_CASE"):
        _link("bad")
    with pytest.raises(SchemaError, match="what it joins"):
        _link(ends=())


@pytest.mark.parametrize(
    ("nodes", "links", "said"),
    [
        ((PERSON, PERSON), (), "declared twice"),
        ((PERSON,), (_link(), _link()), "declared twice"),
        ((PERSON, NodeType("Knows", TEXT)), (_link(),), "both a label and a link type"),
        ((replace(PERSON, bases=("Party",)),), (), "not a declared base"),
        ((PERSON,), (_link(ends=(("Person", "Dog"),)),), "not a declared label"),
        (
            (
                replace(PERSON, properties=(declare("a", Kind.TEXT, "甲", "A"),)),
                NodeType("Dog", TEXT, (declare("a", Kind.DATE, "甲", "A"),)),
            ),
            (),
            "two kinds",
        ),
    ],
)
def test_a_contradiction_is_no_schema(
    nodes: tuple[NodeType, ...], links: tuple[LinkType, ...], said: str
) -> None:
    with pytest.raises(SchemaError, match=said):
        _schema(nodes, links)


def test_what_is_asked_for_is_declared_or_named() -> None:
    assert SCHEMA.node("Enterprise").label == "Enterprise"
    assert SCHEMA.link("REPRESENTS").name == "REPRESENTS"
    assert SCHEMA.is_a("Enterprise", "Party")
    assert "uscc" in {item.name for item in SCHEMA.node_properties("Enterprise")}
    assert "share" in {item.name for item in SCHEMA.link_properties("HOLDS_SHARES")}
    with pytest.raises(SchemaError, match="Dog"):
        SCHEMA.node("Dog")
    with pytest.raises(SchemaError, match="KNOWS"):
        SCHEMA.link("KNOWS")


def test_the_page_names_every_label_link_and_property() -> None:
    page = schema_page(SCHEMA)
    names = [node.label for node in SCHEMA.nodes] + [link.name for link in SCHEMA.links]
    names += [item.name for node in SCHEMA.nodes for item in node.properties]
    assert [name for name in names if name not in page] == []
