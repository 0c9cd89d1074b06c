"""What a statement names and the schema does not."""

import pytest

from queries.card import Query
from queries.catalog import load_catalog
from queries.unknown import unknown_names

LABEL, TYPE, PROPERTY = (
    f"is no {kind} of the graph" for kind in ("label", "link type", "property")
)


@pytest.mark.parametrize("query", load_catalog(), ids=lambda one: one.id)
def test_no_query_of_the_library_names_what_is_not_there(query: Query) -> None:
    assert unknown_names(query.text) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("MATCH (e:Entreprise) RETURN e LIMIT 1", f"'Entreprise' {LABEL} (Enterprise is)"),
        ("MATCH (p:Person&Pary) RETURN p LIMIT 1", f"'Pary' {LABEL} (Party is)"),
        ("MATCH (p) WHERE p:Zzzzz RETURN p LIMIT 1", f"'Zzzzz' {LABEL}"),
        ("MATCH ()-[:REPRESENTS|OWNZ*1..3]->(b) RETURN b LIMIT 1", f"'OWNZ' {TYPE}"),
        ("MATCH (e {nmae: '甲'}) RETURN e LIMIT 1", f"'nmae' {PROPERTY} (name is)"),
        ("MATCH (:Party {nmae: '甲'}) RETURN 1 LIMIT 1", f"'nmae' {PROPERTY} (name is)"),
        ("MATCH ()-[r:REPRESENTS {shar: 1}]->() RETURN r LIMIT 1", f"'shar' {PROPERTY} (share is)"),
        (
            "MATCH (e) RETURN e.capital LIMIT 1",
            f"'capital' {PROPERTY} (capital_currency, registered_capital are)",
        ),
        ("MATCH (e) RETURN e.type LIMIT 1", f"'type' {PROPERTY} (enterprise_type is)"),
        ("MATCH (e)\nWHERE e.`foo bar` = 1 RETURN e LIMIT 1", f"'foo bar' {PROPERTY}"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_nearest(statement: str, said: str) -> None:
    (error,) = unknown_names(statement)
    assert str(error).endswith(said)


@pytest.mark.parametrize(
    "statement",
    [
        "MATCH (e:Enterprise {uid: $uid}) RETURN e.name AS name, e.registered_capital LIMIT 1",
        "MATCH (a)-[r:REPRESENTS]->(b) WHERE r:REPRESENTS RETURN r.valid_from.year LIMIT 1",
        "MATCH (e) WITH {total: 1} AS m RETURN m.total LIMIT 1",
        "MATCH (e) RETURN e {.name, anything: 1} AS e LIMIT 1",
        "MATCH (e) WHERE e.name = $given.whatever AND date.truncate('day', date()) > 1.5 RETURN e",
        "MATCH (e) RETURN [x IN [e] WHERE x:Person | x.uid] LIMIT 1",
        "MATCH (e) WHERE e.name = 'a.b:C {nmae: 1}' RETURN e LIMIT 1 // e.nothing",
    ],
)
def test_what_is_there_or_made_by_the_statement_is_not_told(statement: str) -> None:
    assert unknown_names(statement) == []
