"""Ownership exchanged: fixtures load, exports are valid, and an export read again is the same."""

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from jsonschema import Draft202012Validator
from polars.testing import assert_frame_equal
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from app.bootstrap import Services, open_services
from app.handover import hand_over
from app.settings import read_settings
from graph.analysis.ownership import owners
from graph.errors import ReportError
from tests.conftest import Xinmai
from tests.whole.test_ownership_commands import EDGES, NODES

_TABLES = ("nodes", "edges", "records")
FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "data" / "ownership_formats"
ON = date(2026, 11, 22)
# What FollowTheMoney 4.11 asks of the schemata that are written: required and known properties.
PROPERTIES = {
    "Person": {"name", "previousName", "nationality", "birthDate"},
    "Company": {
        "name",
        "previousName",
        "uscCode",
        "registrationNumber",
        "jurisdiction",
        "legalForm",
        "incorporationDate",
        "dissolutionDate",
        "address",
    },
    "Ownership": {"owner", "asset", "percentage", "role", "startDate", "endDate", "recordId"},
    "Directorship": {"director", "organization", "role", "startDate", "endDate", "recordId"},
    "UnknownLink": {"subject", "object", "role", "startDate", "endDate", "recordId"},
}
PROPERTIES |= dict.fromkeys(("LegalEntity", "Organization", "PublicBody"), PROPERTIES["Company"])
REQUIRED = {
    "Company": {"name"},
    "Ownership": {"owner", "asset"},
    "Directorship": {"director", "organization"},
    "UnknownLink": {"subject", "object"},
}


def fixture_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((FIXTURES / folder).rglob("*json"))]
    if not found:
        pytest.skip("the public fixtures of ownership formats are not at hand")
    return found


def house(folder: Path) -> Services:
    return open_services(read_settings({}, folder), create=True)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Services]:
    """The ring, partnership, pact and entrusted votes of the commands' test."""
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    (tmp_path / "edges.csv").write_text(EDGES, encoding="utf-8")
    services = house(tmp_path / "given")
    services.take_graph(
        tmp_path / "nodes.csv",
        tmp_path / "edges.csv",
        None,
        to_store=False,
        progress=lambda _: None,
    )
    yield services
    services.close()


def validator() -> Draft202012Validator:
    folder = files("libcovebods") / "data" / "schema-0-4-0"
    schemas = [
        json.loads(path.read_text("utf-8"))
        for path in folder.iterdir()
        if path.name.endswith(".json") and path.name != "codelist-schema.json"
    ]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource(schema, DRAFT202012)) for schema in schemas
    )
    (statement,) = [schema for schema in schemas if schema["$id"] == "urn:statement"]
    return Draft202012Validator(statement, registry=registry)


def faults(document: object) -> list[str]:
    return [
        f"{fault.json_path}: {fault.message}"[:300] for fault in validator().iter_errors(document)
    ]


def test_the_schema_refuses_what_is_no_statement() -> None:
    assert faults([{"statementId": "short"}])


def test_what_is_exported_is_valid_by_the_schema_of_the_standard(
    given: Services, tmp_path: Path
) -> None:
    (path,) = hand_over(given.loaded_snapshot(), "bods", tmp_path / "out", ON)
    document = json.loads(path.read_text("utf-8"))
    assert faults(document) == []
    kinds = [one["recordType"] for one in document]
    assert (kinds.count("person"), kinds.count("entity"), kinds.count("relationship")) == (3, 7, 13)
    seen: set[str] = set()
    for one in document:
        details = one["recordDetails"]
        if one["recordType"] == "relationship":
            assert {details["subject"], details["interestedParty"]} <= seen
        seen.add(one["recordId"])


def test_the_demonstration_world_is_exported_validly(demo: Path, tmp_path: Path) -> None:
    services = house(demo)
    (path,) = hand_over(services.loaded_snapshot(), "bods", tmp_path, ON)
    document = json.loads(path.read_text("utf-8"))
    assert len(document) > 1_000
    assert faults(document[:400] + document[-400:]) == []
    assert "id_mask" not in path.read_text("utf-8")


@pytest.mark.parametrize("form", ["bods", "ftm"])
def test_an_export_that_is_read_again_gives_the_same_owners(
    given: Services, tmp_path: Path, form: str
) -> None:
    (path,) = hand_over(given.loaded_snapshot(), form, tmp_path / "out", ON)
    again = house(tmp_path / "again")
    (nodes, edges) = again.take_exchange(path, form, to_store=False, progress=lambda _: None).files
    assert (nodes.rejected, edges.rejected, nodes.refused) == (0, 0, None)
    for company in "abcf":
        before = owners(given.view(ON), company).holdings
        after = owners(again.view(ON), company).holdings
        assert [(one.uid, one.direct, one.integrated) for one in after] == [
            (one.uid, one.direct, one.integrated) for one in before
        ]
        assert [one.name for one in after] == [one.name for one in before]


def test_an_export_twice_is_the_same_bytes(given: Services, tmp_path: Path) -> None:
    for form in ("bods", "ftm"):
        one, two = (
            hand_over(given.loaded_snapshot(), form, tmp_path / name, ON)[0] for name in "xy"
        )
        assert one.read_bytes() == two.read_bytes()


def test_exported_entities_have_what_follow_the_money_asks(
    given: Services, demo: Path, tmp_path: Path
) -> None:
    for number, snapshot in enumerate((given.loaded_snapshot(), house(demo).loaded_snapshot())):
        (path,) = hand_over(snapshot, "ftm", tmp_path / str(number), ON)
        entities = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        schemata = {one["id"]: one["schema"] for one in entities}
        assert len(schemata) == len(entities)
        for one in entities:
            properties = one["properties"]
            assert set(properties) <= PROPERTIES[one["schema"]]
            assert REQUIRED.get(one["schema"], set()) <= set(properties)
            assert all(isinstance(value, str) for values in properties.values() for value in values)
            countries = properties.get("nationality", []) + properties.get("jurisdiction", [])
            assert all(len(code) == 2 for code in countries)
            for asset in properties.get("asset", []):
                assert schemata[asset] == "Company"


def test_an_empty_graph_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("uid,label,name\nt,Tender,标段\n", encoding="utf-8")
    (tmp_path / "e.csv").write_text("source,target,type\n", encoding="utf-8")
    services = house(tmp_path / "w")
    services.take_graph(
        tmp_path / "n.csv", tmp_path / "e.csv", None, to_store=False, progress=lambda _: None
    )
    (path,) = hand_over(services.loaded_snapshot(), "bods", tmp_path, ON)
    assert json.loads(path.read_text("utf-8")) == []
    with pytest.raises(ReportError, match="must be one of"):
        hand_over(services.loaded_snapshot(), "xml", tmp_path, ON)


@pytest.mark.slow
def test_every_fixture_of_the_standard_loads(tmp_path: Path) -> None:
    for number, path in enumerate(fixture_files("bods_v04_fixtures", "bods_examples")):
        services = house(tmp_path / str(number))
        nodes, edges = services.take_exchange(
            path, "bods", to_store=False, progress=lambda _: None
        ).files
        assert (nodes.refused, edges.refused, nodes.rejected) == (None, None, 0), path.name
        assert edges.rejected == 0, path.name
        (again,) = hand_over(services.loaded_snapshot(), "bods", tmp_path / f"o{number}", ON)
        assert faults(json.loads(again.read_text("utf-8"))) == [], path.name


def test_a_circle_of_the_fixtures_is_a_closed_ring(xinmai: Xinmai, tmp_path: Path) -> None:
    (path,) = [one for one in fixture_files("bods_v04_fixtures") if "circular" in one.name]
    ran = xinmai("import", "--bods", path, "--no-publish", workspace=tmp_path / "w")
    assert ran.code == 0, ran.err
    listed = json.loads(path.read_text("utf-8"))
    uid = next(one["recordId"] for one in listed if one["recordType"] == "entity")
    answer = json.loads(xinmai("controller", uid, "--json", workspace=tmp_path / "w").out)
    assert (answer["uid"], answer["status"], len(answer["ring"])) == (None, "closed_ring", 2)


def test_a_declared_unknown_owner_keeps_its_reason(tmp_path: Path) -> None:
    (path,) = [one for one in fixture_files("bods_v04_fixtures") if "anonymous" in one.name]
    services = house(tmp_path / "w")
    services.take_exchange(path, "bods", to_store=False, progress=lambda _: None)
    (one,) = owners(services.view(ON), "rec-opaque-holdings-sa").holdings
    assert one.stop == "unknown_holder"
    assert one.name.startswith("subjectUnableToConfirmOrIdentifyBeneficialOwner: ")
    (again,) = hand_over(services.loaded_snapshot(), "bods", tmp_path, ON)
    (party,) = [
        one["recordDetails"]["interestedParty"]
        for one in json.loads(again.read_text("utf-8"))
        if one["recordType"] == "relationship"
    ]
    assert party["reason"] == "subjectUnableToConfirmOrIdentifyBeneficialOwner"


@pytest.mark.slow
def test_every_fixture_of_follow_the_money_loads(tmp_path: Path) -> None:
    for number, path in enumerate(fixture_files("ftm_yente")):
        services = house(tmp_path / str(number))
        nodes, edges = services.take_exchange(
            path, "ftm", to_store=False, progress=lambda _: None
        ).files
        assert (nodes.refused, edges.refused) == (None, None), path.name
        assert nodes.loaded > 0
    zala = house(tmp_path / str(number)).loaded_snapshot()
    assert zala.manifest["counts"]["nodes"] > 0


@pytest.mark.parametrize("form", ["bods", "ftm"])
def test_a_file_that_is_refused_says_so_once(xinmai: Xinmai, tmp_path: Path, form: str) -> None:
    path = tmp_path / "nothing.json"
    path.write_text("nonsense\n", encoding="utf-8")
    ran = xinmai("import", f"--{form}", path, "--no-publish", workspace=tmp_path / "w")
    assert ran.code == 2
    (line,) = (one for one in ran.err.splitlines() if one.startswith("未接收："))
    assert str(path) in line


def test_one_way_in_is_asked_for(xinmai: Xinmai, tmp_path: Path) -> None:
    ran = xinmai("import", workspace=tmp_path / "w")
    assert (ran.code, "must have --nodes and --edges" in ran.err) == (2, True)
    assert xinmai("import", "--bods", "a", "--ftm", "b", workspace=tmp_path / "w").code == 2


HOSTILE = (
    "uid,label,name,address\n"
    "a,Enterprise,甲\x01公司,路\x0b一\n"
    "'=f,Person,'+赵,\n"
    "b,Intermediary,=1+1,''-quoted\n"
    "k,KeyProfessional,钱,\n"
    'c,Enterprise,"乙,""引号""\n换行",x\ufffe\n'
)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_hostile_graph_goes_out_and_comes_back_as_it_was(tmp_path: Path, form: str) -> None:
    (tmp_path / "n.csv").write_text(HOSTILE, "utf-8-sig")
    (tmp_path / "e.csv").write_text("source,target,type,share\n'=f,c,HOLDS_SHARES,0.5\n", "utf-8")
    records = "record_id,subject,class,reason\na,b,penalty,-无\x0c\n"
    (tmp_path / "r.csv").write_text(records, "utf-8")
    one, two = house(tmp_path / "one"), house(tmp_path / "two")
    files = [tmp_path / f"{name}.csv" for name in "ner"]
    out = tmp_path / "out"
    for services, given in ((one, files), (two, [out / f"{name}.{form}" for name in _TABLES])):
        done = services.take_graph(given[0], given[1], given[2], to_store=False, progress=repr)
        assert [item.rejected for item in done.files] == [0, 0, 0]
        hand_over(services.loaded_snapshot(), form, out, ON)
    for table in ("nodes", "links", "records"):
        before, after = (
            services.loaded_snapshot().table(table).drop("record_id", "records", strict=False)
            for services in (one, two)
        )
        assert_frame_equal(before.collect(), after.collect())
    assert one.loaded_snapshot().node("=f").name == "+赵"
    (path,) = hand_over(one.loaded_snapshot(), "graphml", out, ON)
    graph = nx.read_graphml(path)
    assert graph.nodes["a"]["name"] == "甲\ufffd公司"
    # A record may have the number of a party.
    assert graph.nodes["record:a"]["label"] == "CreditRecord"
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (6, 2)
    (path,) = hand_over(one.loaded_snapshot(), "gexf", out, ON)
    other = nx.read_gexf(path)
    assert set(other) == set(graph)
    assert other.nodes["a"]["label"] == "甲\ufffd公司"
    assert other.nodes["record:a"]["node_type"] == "CreditRecord"
    told = {values["link_type"]: values.get("share") for *_, values in other.edges(data=True)}
    assert told == {"HOLDS_SHARES": 0.5, "SUBJECT_OF": None}
    text = path.read_text("utf-8")
    assert f'lastmodifieddate="{ON}"' in text
    assert f"<description>snapshot {one.loaded_snapshot().id}</description>" in text


def test_an_export_without_links_and_records_is_imported(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("uid,label,name\na,Enterprise,\n", "utf-8")
    (tmp_path / "e.csv").write_text("source,target,type\n", "utf-8")
    one, two = house(tmp_path / "one"), house(tmp_path / "two")
    one.take_graph(tmp_path / "n.csv", tmp_path / "e.csv", None, to_store=False, progress=repr)
    out = hand_over(one.loaded_snapshot(), "csv", tmp_path / "out", ON)
    done = two.take_graph(out[0], out[1], out[2], to_store=False, progress=repr)
    assert [(item.refused, item.loaded) for item in done.files] == [(None, 1), (None, 0), (None, 0)]
