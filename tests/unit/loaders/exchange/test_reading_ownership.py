"""Exchanged ownership as tables of parties and links: what each statement becomes."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import UnreadableError
from loaders.cells import ROW
from loaders.exchange.read_bods import read_bods
from loaders.exchange.read_ftm import read_ftm
from loaders.readers import RawTable


def rows(table: RawTable) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in table.frame.iter_rows(named=True)
    ]


def statement(record: str, kind: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"recordId": record, "recordType": kind, "recordDetails": details, **more}


def bods(folder: Path, *statements: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    path = folder / "s.json"
    path.write_text(json.dumps(statements), encoding="utf-8")
    found = read_bods(path)
    return rows(found.nodes), rows(found.edges)


def related(interests: list[dict[str, Any]], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    details = {"subject": "c", "interestedParty": "p", "interests": interests}
    return statement("r", "relationship", details, **more)


COMPANY = statement(
    "c",
    "entity",
    {
        "entityType": {"type": "registeredEntity"},
        "name": "甲公司",
        "identifiers": [{"id": "914403001922038216"}, {"id": "12345"}],
        "jurisdiction": {"code": "CN", "name": "China"},
        "foundingDate": "2005-03-15",
    },
)
PERSON = statement(
    "p",
    "person",
    {
        "personType": "knownPerson",
        "names": [
            {"type": "alternative", "fullName": "Zhang"},
            {"type": "legal", "fullName": "张三"},
        ],
        "birthDate": "1980-02",
        "nationalities": [{"code": "CN", "name": "China"}],
    },
)


def test_parties_keep_names_numbers_and_dates(tmp_path: Path) -> None:
    nodes, _ = bods(tmp_path, COMPANY, PERSON)
    assert nodes == [
        {
            ROW: 1,
            "uid": "c",
            "label": "Enterprise",
            "name": "甲公司",
            "country": "CN",
            "uscc": "914403001922038216",
            "registration_number": "12345",
            "established_on": "2005-03-15",
        },
        {
            ROW: 2,
            "uid": "p",
            "label": "Person",
            "name": "张三",
            "former_names": "Zhang",
            "birth_year": "1980",
            "nationality": "CN",
        },
    ]


def test_shares_and_votes_of_one_relationship_are_one_holding(tmp_path: Path) -> None:
    _, (edge,) = bods(
        tmp_path,
        related(
            [
                {"type": "shareholding", "share": {"exact": 33.3}, "startDate": "2010-01-01"},
                {"type": "votingRights", "share": {"exact": 60}},
            ]
        ),
    )
    assert edge == {
        ROW: 1,
        "key": "r",
        "source": "p",
        "target": "c",
        "type": "HOLDS_SHARES",
        "share": "0.333",
        "votes": "0.6",
        "valid_from": "2010-01-01",
    }


def test_a_range_stays_a_range(tmp_path: Path) -> None:
    _, (edge,) = bods(
        tmp_path,
        related([{"type": "shareholding", "share": {"minimum": 25, "exclusiveMaximum": 50}}]),
    )
    assert (edge["share_min"], edge["share_max"]) == ("0.25", "0.5")
    assert "share" not in edge


def test_what_is_indirect_is_no_holding_of_its_own(tmp_path: Path) -> None:
    _, (edge,) = bods(
        tmp_path,
        related([{"type": "shareholding", "directOrIndirect": "indirect", "share": {"exact": 40}}]),
    )
    assert (edge["type"], edge["key"]) == ("RELATED", "r:other")


def test_posts_are_posts_and_other_interests_relations(tmp_path: Path) -> None:
    _, edges = bods(
        tmp_path,
        related([{"type": "boardMember"}, {"type": "boardChair"}, {"type": "settlor"}]),
    )
    assert [(edge["type"], edge.get("post")) for edge in edges] == [
        ("HOLDS_POST", "director"),
        ("HOLDS_POST", "chairman"),
        ("RELATED", None),
    ]


def test_a_reason_instead_of_a_party_is_an_unknown_holder_with_the_reason(tmp_path: Path) -> None:
    party = {"reason": "noBeneficialOwners", "description": "listed"}
    details = {"subject": "c", "interestedParty": party}
    (node,), (edge,) = bods(tmp_path, statement("r", "relationship", details))
    assert node == {
        ROW: 1,
        "uid": "unknown:r",
        "label": "UnknownHolder",
        "name": "noBeneficialOwners: listed",
    }
    assert (edge["source"], edge["type"]) == ("unknown:r", "HOLDS_SHARES")


def test_unknown_parties_are_unknown_holders_unless_they_are_held(tmp_path: Path) -> None:
    hidden = {
        "entityType": {"type": "anonymousEntity"},
        "unspecifiedEntityDetails": {"reason": "interestedPartyExemptFromDisclosure"},
    }
    nodes, _ = bods(
        tmp_path, statement("u", "entity", hidden), statement("c", "entity", hidden), related([])
    )
    assert [(node["label"], node["name"]) for node in nodes] == [
        ("UnknownHolder", "interestedPartyExemptFromDisclosure"),
        ("Enterprise", "interestedPartyExemptFromDisclosure"),
    ]


def test_the_latest_statement_of_a_record_counts_and_a_closed_one_ends(tmp_path: Path) -> None:
    _, (edge,) = bods(
        tmp_path,
        related([{"type": "shareholding", "share": {"exact": 20}}], statementDate="2020-01-01"),
        related(
            [{"type": "shareholding", "share": {"exact": 30}}],
            statementDate="2021-06-01",
            recordStatus="closed",
        ),
    )
    assert (edge["share"], edge["valid_to"], edge[ROW]) == ("0.3", "2021-06-01", 2)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{", "cannot be read"),
        ("[1]", "list of objects"),
        ('[{"statementType": "personStatement"}]', "BODS 0.4"),
        ('[{"recordType": "person", "publicationDetails": {"bodsVersion": "0.3"}}]', "BODS 0.4"),
    ],
)
def test_what_is_no_file_of_statements_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError, match=rule):
        read_bods(path)


def test_nonsense_in_a_statement_does_not_stop_the_others(tmp_path: Path) -> None:
    nodes, edges = bods(
        tmp_path,
        statement("x", "unicorn", {}),
        statement("e", "entity", {"identifiers": "none", "names": 3, "entityType": None}),
        statement("r", "relationship", {"subject": 3, "interests": [{"share": "all"}, 7]}),
    )
    assert [node["label"] for node in nodes] == ["unicorn", "Enterprise"]
    assert edges[0]["type"] == "RELATED"


def ftm(folder: Path, *entities: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    path = folder / "e.ftm.json"
    path.write_text("\n".join(json.dumps(one) for one in entities), encoding="utf-8")
    found = read_ftm(path)
    return rows(found.nodes), rows(found.edges)


def test_ownership_and_posts_of_follow_the_money(tmp_path: Path) -> None:
    nodes, edges = ftm(
        tmp_path,
        {
            "id": "c",
            "schema": "Company",
            "caption": "甲",
            "properties": {"uscCode": ["914403001922038216"]},
        },
        {
            "id": "p",
            "schema": "Person",
            "properties": {"name": ["张三"], "birthDate": ["1980-02-01"]},
        },
        {"id": "s", "schema": "Sanction", "properties": {}},
        {
            "id": "o",
            "schema": "Ownership",
            "properties": {
                "owner": ["p"],
                "asset": ["c"],
                "percentage": ["25 %"],
                "startDate": ["2010-01-01"],
            },
        },
        {
            "id": "d",
            "schema": "Directorship",
            "properties": {
                "director": ["p"],
                "organization": ["c"],
                "role": ["Chairman of the board"],
            },
        },
        {"id": "f", "schema": "Family", "properties": {"person": ["p"], "relative": ["q"]}},
    )
    assert [(node["uid"], node["label"]) for node in nodes] == [
        ("c", "Enterprise"),
        ("p", "Person"),
        ("s", "Sanction"),
    ]
    assert [(edge["key"], edge["type"], edge["source"], edge["target"]) for edge in edges] == [
        ("o", "HOLDS_SHARES", "p", "c"),
        ("d", "HOLDS_POST", "p", "c"),
        ("f", "RELATED", "p", "q"),
    ]
    assert (edges[0]["share"], edges[0]["valid_from"]) == ("0.25", "2010-01-01")
    assert (edges[1]["post"], edges[1]["post_word"]) == ("chairman", "Chairman of the board")


def test_what_is_no_file_of_entities_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="FollowTheMoney"):
        ftm(tmp_path, {"id": "a", "properties": {}})


def test_an_interest_whose_type_is_no_word_is_a_relation(tmp_path: Path) -> None:
    path = tmp_path / "statements.json"
    interests = [{"type": ["boardChair"]}, {"type": {"a": 1}}]
    details = {"subject": "e", "interestedParty": "p", "interests": interests}
    path.write_text(
        json.dumps([{"recordType": "relationship", "recordId": "r", "recordDetails": details}]),
        "utf-8",
    )
    assert read_bods(path).edges.frame["type"].to_list() == ["RELATED"]


def test_a_post_or_membership_of_who_can_have_none_is_a_relation(tmp_path: Path) -> None:
    board = related([{"type": "boardMember", "directOrIndirect": "direct"}])
    board["recordDetails"]["interestedParty"] = "c"
    _, edges = bods(tmp_path, COMPANY, PERSON, board)
    assert [(one["type"], one["source"]) for one in edges] == [("RELATED", "c")]
    entities = [
        {"id": "c", "schema": "Company", "properties": {"name": "甲公司"}},
        {
            "id": "d",
            "schema": "Directorship",
            "properties": {"director": ["c"], "organization": ["c"]},
        },
        {"id": "m", "schema": "Membership", "properties": {"member": ["c"], "organization": ["c"]}},
    ]
    path = tmp_path / "e.json"
    path.write_text("\n".join(map(json.dumps, entities)), encoding="utf-8")
    found = read_ftm(path)
    assert [one["type"] for one in rows(found.edges)] == ["RELATED", "RELATED"]
    # A text that should stand in a list is that text, not its letters.
    assert rows(found.nodes)[0]["name"] == "甲公司"


def test_a_broken_line_is_named_and_a_separator_within_a_text_breaks_none(tmp_path: Path) -> None:
    line = '{"id": "c", "schema": "Company", "properties": {"name": ["甲\u2028乙\x85丙"]}}\n'
    path = tmp_path / "e.json"
    path.write_text(line, encoding="utf-8")
    assert rows(read_ftm(path).nodes)[0]["name"] == "甲\u2028乙\x85丙"
    path.write_text(line + "\n" + '{"id": "x",\n', encoding="utf-8")
    with pytest.raises(UnreadableError, match="'line 3' cannot be read"):
        read_ftm(path)


def test_relationships_without_an_id_share_no_key(tmp_path: Path) -> None:
    interests = [{"type": "boardMember"}, {"type": "trustee"}]
    nameless = related(interests) | {"recordId": None}
    details = {"subject": "c", "interestedParty": {"reason": "unknown"}, "interests": []}
    nobody = statement("", "relationship", details)
    nodes, edges = bods(tmp_path, COMPANY, PERSON, nameless, nobody)
    assert all("key" not in one for one in edges)
    # Who is not told from the unknown of another company is refused by the rule for uids.
    assert next(one for one in nodes if one["label"] == "UnknownHolder").get("uid") is None
    assert edges[-1].get("source") is None
    _, told = bods(tmp_path, COMPANY, PERSON, nameless | {"statementId": "s"})
    assert [one["key"] for one in told] == ["s:boardMember", "s:other"]


def test_a_share_that_is_no_number_stays_for_the_rule_that_refuses_it(tmp_path: Path) -> None:
    of = {"owner": ["p"], "asset": ["c"]}
    _, edges = ftm(
        tmp_path,
        {"id": "o", "schema": "Ownership", "properties": of | {"percentage": ["a lot"]}},
        {"id": "n", "schema": "Ownership", "properties": of},
    )
    assert [edge.get("share") for edge in edges] == ["a lot", None]

    share = {"exact": "viel", "minimum": "wenig"}
    _, (edge,) = bods(tmp_path, related([{"type": "shareholding", "share": share}]))
    assert edge["share"] == "viel"
    _, (edge,) = bods(tmp_path, related([{"type": "shareholding", "share": {"minimum": "wenig"}}]))
    assert edge["share_min"] == "wenig"


@pytest.mark.parametrize("said", ["25-50", "25% – 50%", "25~50%", "25 % 至 50 %"])
def test_a_percentage_between_two_is_the_range_that_a_register_tells(
    tmp_path: Path, said: str
) -> None:
    entity = {"owner": ["p"], "asset": ["c"], "percentage": [said]}
    _, (edge,) = ftm(tmp_path, {"id": "o", "schema": "Ownership", "properties": entity})
    assert (edge["share_min"], edge["share_max"], edge.get("share")) == ("0.25", "0.5", None)


def test_every_owner_has_a_link_and_several_with_one_percentage_have_none(tmp_path: Path) -> None:
    several = {"owner": ["p", "q", "p"], "asset": ["c"]}
    post = {"director": ["p"], "organization": ["c", "d"], "role": ["董事"]}
    path = tmp_path / "f.jsonl"
    listed = [
        {"id": "o", "schema": "Ownership", "properties": several},
        {"id": "s", "schema": "Ownership", "properties": several | {"percentage": ["50"]}},
        {"id": "d", "schema": "Directorship", "properties": post},
    ]
    path.write_text("\n".join(map(json.dumps, listed)), "utf-8")
    found = read_ftm(path).edges

    ends = [(edge["key"], edge["source"], edge["target"]) for edge in rows(found)]
    assert ends == [
        ("o:p:c", "p", "c"),
        ("o:q:c", "q", "c"),
        ("d:p:c", "p", "c"),
        ("d:p:d", "p", "d"),
    ]
    [(row, said, rule)] = found.broken.rows()
    assert (row, '"s"' in said, "whose it is nobody can say" in rule) == (2, True, True)


def test_several_percentages_of_one_holding_are_no_share_and_said_twice_is_one(
    tmp_path: Path,
) -> None:
    of = {"owner": ["p"], "asset": ["c"]}
    said = {"twice": ["25", "25.0 %", ""], "two": ["30", "60"], "both": ["30", "25-50"]}
    path = tmp_path / "f.jsonl"
    listed = [
        {"id": name, "schema": "Ownership", "properties": of | {"percentage": given}}
        for name, given in said.items()
    ]
    path.write_text("\n".join(map(json.dumps, listed)), "utf-8")
    found = read_ftm(path).edges

    assert [(edge["key"], edge["share"]) for edge in rows(found)] == [("twice", "0.25")]
    assert [(row, "several percentages" in rule) for row, _, rule in found.broken.rows()] == [
        (2, True),
        (3, True),
    ]


def of_ftm(folder: Path, *entities: tuple[str, str, dict[str, Any]]) -> Any:  # noqa: ANN401
    path = folder / "f.jsonl"
    listed = [{"id": key, "schema": kind, "properties": said} for key, kind, said in entities]
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in listed), "utf-8")
    return read_ftm(path)


@pytest.mark.parametrize(
    ("schema", "name", "values"),
    [
        ("Person", "birthDate", ["1970", "1980-02-01"]),
        ("Company", "uscCode", ["914403001922038216", "91350100M000100Y43"]),
        ("Company", "incorporationDate", ["2001-02-03", "2001-03-02"]),
        ("Company", "dissolutionDate", ["2019", "2020-01-01"]),
        ("Ownership", "startDate", ["2001-02-03", "2001-03-02"]),
        ("Directorship", "endDate", ["2019", "2020-01-01"]),
    ],
)
def test_values_that_contradict_refuse_their_row_and_name_the_property(
    tmp_path: Path, schema: str, name: str, values: list[str]
) -> None:
    ends = {"owner": "p", "asset": "c", "director": "p", "organization": "c"}
    found = of_ftm(tmp_path, ("x", schema, ends | {name: values}))

    tables = found.nodes, found.edges
    [(row, said, rule)] = [line for table in tables for line in table.broken.rows()]
    assert (row, '"x"' in said) == (1, True)
    assert rule.startswith(f"gives several values of {name} (")
    assert all(value[:4] in rule for value in values)
    assert [table.frame.height for table in tables] == [0, 0]


def test_dates_that_differ_in_fineness_alone_agree(tmp_path: Path) -> None:
    found = of_ftm(
        tmp_path,
        ("p", "Person", {"birthDate": ["1980", "1980-02-01", "1980-03"]}),
        ("c", "Company", {"incorporationDate": ["2001", "2001-02-03", "2001-02-03T08:00:00"]}),
    )
    person, company = rows(found.nodes)
    assert (person["birth_year"], company["established_on"]) == ("1980", "2001-02-03")
    assert (found.nodes.broken.height, found.edges.broken.height) == (0, 0)


def test_of_values_that_may_all_hold_none_is_lost(tmp_path: Path) -> None:
    said = {
        "name": ["Jia Ltd", "甲公司"],
        "alias": ["甲"],
        "previousName": ["旧甲"],
        "weakAlias": ["JIA"],
        "address": ["路一", "路二"],
        "registrationNumber": ["HRB 7", "440301103097413"],
        "uscCode": ["9144"],
        "incorporationDate": ["2001"],
    }
    (node,) = rows(of_ftm(tmp_path, ("c", "Company", said)).nodes)
    assert (node["name"], node["former_names"]) == ("Jia Ltd", "旧甲|甲公司|甲")
    # One of the mainland is found by its form; the others stay at the row.
    assert node["registration_number"] == "440301103097413"
    assert node["address"] == "路一"
    beside = {name: value for name, value in node.items() if name.startswith("ftm:")}
    assert beside == {
        "ftm:weakAlias": "JIA",
        "ftm:address": "路一|路二",
        "ftm:registrationNumber": "HRB 7|440301103097413",
        "ftm:uscCode": "9144",
        "ftm:incorporationDate": "2001",
    }


def test_every_role_of_a_director_is_a_post(tmp_path: Path) -> None:
    roles = ["法定代表人", "董事长", "总经理", "CEO"]
    post = {"director": ["p"], "organization": ["c"], "role": roles}
    edges = rows(of_ftm(tmp_path, ("d", "Directorship", post)).edges)
    assert [(one["key"], one["type"], one.get("post"), one.get("post_word")) for one in edges] == [
        ("d:representative", "REPRESENTS", None, None),
        ("d:chairman", "HOLDS_POST", "chairman", "董事长"),
        ("d:general_manager", "HOLDS_POST", "general_manager", "总经理、CEO"),
    ]
    company = ("p", "Company", {"name": "乙"})
    (edge,) = rows(of_ftm(tmp_path, company, ("d", "Directorship", post)).edges)
    assert (edge["type"], edge["ftm:role"]) == ("RELATED", "|".join(roles))


def test_an_end_without_a_day_is_an_end_and_what_is_no_date_stays_for_the_rule(
    tmp_path: Path,
) -> None:
    of = {"owner": ["p"], "asset": ["c"]}
    edges = rows(
        of_ftm(
            tmp_path,
            ("o", "Ownership", of | {"startDate": ["2010-05"], "endDate": ["2019"]}),
            ("s", "Ownership", of | {"endDate": ["soon"]}),
        ).edges
    )
    assert [(one.get("valid_from"), one["valid_to"]) for one in edges] == [
        ("2010-05-01", "2019-12-31"),
        (None, "soon"),
    ]
    assert edges[0]["ftm:endDate"] == "2019"
    _, (edge,) = bods(tmp_path, related([{"type": "shareholding", "endDate": "2020-02"}]))
    assert edge["valid_to"] == "2020-02-29"


def test_statements_with_several_codes_or_shares_are_refused(tmp_path: Path) -> None:
    ids = [{"id": "914403001922038216"}, {"id": "91350100M000100Y43"}]
    entity = statement("c", "entity", {"identifiers": ids})
    shares = [{"type": "shareholding", "share": {"exact": share}} for share in (30, 60)]
    path = tmp_path / "s.json"
    twice = [shares[0], {"type": "shareholding", "share": {"exact": 30.0}}]
    agreeing = related(twice) | {"recordId": "agreeing"}
    path.write_text(json.dumps([entity, related(shares), agreeing]), "utf-8")
    found = read_bods(path)

    assert found.nodes.frame.height == 0
    assert found.edges.frame.select("key", "share").rows() == [("agreeing", "0.3")]
    assert [(row, rule) for row, _, rule in found.nodes.broken.rows()] == [
        (
            1,
            "gives several credit codes (91350100M000100Y43, 914403001922038216):"
            " which one holds nobody can say",
        )
    ]
    assert [(row, rule) for row, _, rule in found.edges.broken.rows()] == [
        (2, "gives several shares of shareholding for one holding: which one holds nobody can say")
    ]


def test_a_key_that_stands_twice_and_half_a_character_refuse_their_row_alone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "f.jsonl"
    twice = '{"owner": ["p"], "asset": ["c"], "percentage": ["30"], "percentage": ["60"]}'
    lines = [
        '{"id": "c", "schema": "Company", "properties": {"alias": ["甲"]}}',
        '{"id": "h", "schema": "Company", "properties": {"name": ["\\ud800x"]}}',
        f'{{"id": "o", "schema": "Ownership", "properties": {twice}}}',
    ]
    path.write_text("\n".join(lines), "utf-8")
    found = read_ftm(path)
    # A party without a name keeps its others.
    assert [(one["uid"], one["former_names"]) for one in rows(found.nodes)] == [("c", "甲")]
    assert [(row, rule) for row, _, rule in found.nodes.broken.rows()] == [
        (2, "holds half a character (a lone surrogate)")
    ]
    assert [(row, rule) for row, _, rule in found.edges.broken.rows()] == [(3, "holds a key twice")]

    entity = (
        '{"recordType": "entity", "recordId": "a", "recordDetails": {"name": "a", "name": "b"}}'
    )
    path.write_text(f"[{entity}]", "utf-8")
    assert read_bods(path).nodes.broken["rule"].to_list() == ["holds a key twice"]

    deep = "[" * 900 + "]" * 900
    path.write_text(f'{{"id": "c", "schema": "Company", "properties": {{"x": {deep}}}}}', "utf-8")
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_ftm(path)


def test_posts_that_our_export_writes_in_words_are_read_as_posts_again(tmp_path: Path) -> None:
    kind = "otherInfluenceOrControl"
    said = ["法定代表人", "监事", "trustee of a fund"]
    _, edges = bods(tmp_path, related([{"type": kind, "details": words} for words in said]))
    assert [(one["key"], one["type"], one.get("post")) for one in edges] == [
        ("r:representative", "REPRESENTS", None),
        ("r:supervisor", "HOLDS_POST", "supervisor"),
        ("r:other", "RELATED", None),
    ]
