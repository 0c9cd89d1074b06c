import pytest

from graph.errors import QueryError
from queries.guard import check_cypher

REPEATED = "is a repeated path"
WRITES = "queries only read"
LIMIT = "LIMIT"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "is empty"),
        ("MATCH (a) RETURN a", LIMIT),
        ("MATCH (a) LIMIT 3", "RETURN"),
        ("MATCH (a) RETURN a.limit", LIMIT),
        ("MATCH (a) RETURN a.x AS limit", LIMIT),
        ("MATCH (a) RETURN a.`LIMIT`", LIMIT),
        ("MATCH (a) RETURN a, $limit", LIMIT),
        ("MATCH (a) RETURN a LIMIT size([1])", LIMIT),
        ("MATCH (a) RETURN a UNION MATCH (b) RETURN b LIMIT 1", LIMIT),
        ("MATCH (a) RETURN a LIMIT 1; MATCH (b) RETURN b LIMIT 1", "single statement"),
        ("MATCH (a) CALL { MATCH (b) RETURN b } RETURN a LIMIT 1", WRITES),
        ("MATCH (a) CALL (a) { SET a.x=1 } RETURN a LIMIT 1", WRITES),
        ("CALL dbms.listConfig() YIELD name RETURN name LIMIT 1", WRITES),
        ("CALL `db`.`labels`() YIELD label RETURN label LIMIT 1", WRITES),
        ("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l LIMIT 1", WRITES),
        ("CYPHER runtime=slotted MATCH (a) RETURN a LIMIT 1", WRITES),
        ("EXPLAIN MATCH (a) RETURN a LIMIT 1", WRITES),
        ("MATCH (a) FOREACH (x IN [1] | SET a.x=1) RETURN a LIMIT 1", WRITES),
        ("MATCH (a) WHERE true & SET a.x=1 RETURN a LIMIT 1", WRITES),
        ("MATCH (a) WHERE a.x=1. SET a.x=2 RETURN a LIMIT 1", WRITES),
        ("MATCH (a) set a.x=2 RETURN a LIMIT 1", WRITES),
        ("/* MATCH (a) DELETE a RETURN a LIMIT 1", WRITES),
        ("MATCH (a) S\\u0045T a.x=1 RETURN a LIMIT 1", "write the character itself"),
        ("MATCH (a {name: 'x}) RETURN a LIMIT 1", "does not end"),
        ("MATCH (a)-[*]-(b) RETURN a LIMIT 1", "path without an end"),
        ("MATCH (a)-[:X*1..]-(b) RETURN a LIMIT 1", "path without an end"),
        ("MATCH (a)-[r:X*..]-(b) RETURN a LIMIT 1", "path without an end"),
        ("MATCH (a)-[:X*..7]-(b) RETURN a LIMIT 1", "6 are allowed"),
        ("MATCH (a)-[:X*7]-(b) RETURN a LIMIT 1", "6 are allowed"),
        ("MATCH (a)-[:X* {p:(1)}]-(b) RETURN a LIMIT 1", "path without an end"),
        ("MATCH (a)-[:X*/*1..3*/]-(b) RETURN a LIMIT 1", "path without an end"),
        ("MATCH (a)-[:X]->+(b) RETURN a LIMIT 1", REPEATED),
        ("MATCH (a)-[:X]->{1,9}(b) RETURN a LIMIT 1", REPEATED),
        ("MATCH (a)-[:X]->*(b) RETURN a LIMIT 1", REPEATED),
        ("MATCH (a)-[:X]-+(b) RETURN a LIMIT 1", REPEATED),
        ("MATCH (a)--{2}(b) RETURN a LIMIT 1", REPEATED),
        ("MATCH ((a)-[:X]->(b)){1,} RETURN a LIMIT 1", REPEATED),
        ("MATCH ((a)-[:X]->(b))+ (c) RETURN a LIMIT 1", REPEATED),
        ("MATCH ((a)<-[:X]-(b))* (c) RETURN a LIMIT 1", REPEATED),
        ("MATCH ((a)-->(b) WHERE a.x>1)+ (c) RETURN a LIMIT 1", REPEATED),
    ],
)
def test_what_is_no_bounded_read_is_refused_by_its_rule(text: str, rule: str) -> None:
    with pytest.raises(QueryError, match=rule):
        check_cypher(text)


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (a:Party {uid: $uid}) RETURN a.uid AS uid LIMIT $limit",
        "MATCH (a)-[:HOLDS_SHARES*1..4]->(b) RETURN b.uid AS uid LIMIT 5",
        "MATCH (a)-[:X*2]->(b) RETURN b.uid AS uid LIMIT 5",
        "MATCH (a) WHERE a.name = 'SET; DELETE' RETURN a.name AS name LIMIT 5;",
        "MATCH (a) // DELETE nothing\nRETURN a.created AS set_on LIMIT 5",
        "MATCH (a) WITH a, {SET: 1, create: 2} AS m RETURN m.SET AS s LIMIT 1",
        "MATCH (a) RETURN (a.x) * 2 + (a.y) * (a.x - 1) AS s LIMIT 1",
        "MATCH (a) RETURN [x IN [1, 2] | x * 2] AS s LIMIT 1",
        "MATCH (a) RETURN count(*) AS s LIMIT 1",
        "MATCH (a) RETURN a.x AS s LIMIT 1 UNION MATCH (b) RETURN b.x AS s LIMIT 1",
        "CALL db.labels() YIELD label RETURN label LIMIT 1",
    ],
)
def test_a_bounded_read_is_allowed_whatever_its_strings_say(text: str) -> None:
    check_cypher(text)
