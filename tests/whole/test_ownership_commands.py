"""owners, holdings, control, controller, beneficial and their certificates, as a person asks."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import Xinmai

NODES = """uid,label,name,country
p,Person,张三,
q,Person,李四,
m,Person,王五,
g,Enterprise,管理合伙人有限公司,
l,Enterprise,有限合伙人有限公司,
f,Enterprise,基金合伙企业（有限合伙）,
a,Enterprise,甲有限公司,
b,Enterprise,乙有限公司,
c,Enterprise,丙有限公司,
h,Enterprise,香港控股有限公司,HK
"""
EDGES = """source,target,type,share,partner_kind,acting_group,entrusted_to,post
p,a,HOLDS_SHARES,0.7,,,,
p,b,HOLDS_SHARES,0.6,,,,
a,b,HOLDS_SHARES,0.3,,,,
b,a,HOLDS_SHARES,0.2,,,,
h,a,HOLDS_SHARES,0.1,,,,
q,b,HOLDS_SHARES,0.1,,,,
l,f,HOLDS_SHARES,0.99,有限合伙人,,,
g,f,HOLDS_SHARES,0.01,执行事务合伙人,,,
p,c,HOLDS_SHARES,0.3,,协议一,,
q,c,HOLDS_SHARES,0.25,,协议一,,
m,c,HOLDS_SHARES,0.45,,,q,
m,c,HOLDS_POST,,,,,general_manager
"""
AS_OF = ("--as-of", "2026-11-22")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a ring, a partnership, a pact and entrusted votes."""
    folder = tmp_path_factory.mktemp("owning")
    (folder / "nodes.csv").write_text(NODES, encoding="utf-8")
    (folder / "edges.csv").write_text(EDGES, encoding="utf-8")
    services = open_services(read_settings({}, folder / "workspace"), create=True)
    services.take_graph(
        folder / "nodes.csv",
        folder / "edges.csv",
        None,
        to_store=False,
        progress=lambda _: None,
    )
    return folder / "workspace"


def answered(xinmai: Xinmai, house: Path, *arguments: object) -> Any:  # noqa: ANN401 - JSON
    ran = xinmai(*arguments, *AS_OF, "--json", workspace=house)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_owners_are_listed_with_direct_and_integrated_share_and_where_they_end(
    xinmai: Xinmai, house: Path
) -> None:
    found = answered(xinmai, house, "owners", "甲有限公司")
    assert [(one["uid"], one["direct"], round(one["integrated"], 6)) for one in found] == [
        ("p", 0.7, 0.872340),
        ("b", 0.2, 0.2),
        ("h", 0.1, 0.106383),
        ("q", 0.0, 0.021277),
    ]
    assert [(one["status"], one["stop"]) for one in found] == [
        ("complete", "person"),
        ("complete", None),
        ("complete", "foreign"),
        ("complete", "person"),
    ]
    lines = xinmai("owners", "a", *AS_OF, workspace=house).out.splitlines()
    assert lines[1] == "张三 [p]  直接 70.00%，穿透 87.23%  完整；止于：自然人"


def test_holdings_are_the_same_numbers_from_the_other_side(xinmai: Xinmai, house: Path) -> None:
    found = answered(xinmai, house, "holdings", "张三")
    assert {one["uid"]: round(one["integrated"], 6) for one in found} == {
        "a": 0.872340,
        "b": 0.861702,
        "c": 0.3,
    }
    assert "未发现：已检索 0 条持股登记" in xinmai("owners", "p", *AS_OF, workspace=house).out


def test_control_gives_the_votes_that_add_up(xinmai: Xinmai, house: Path) -> None:
    found = answered(xinmai, house, "control", "p")
    assert [one["uid"] for one in found] == ["a", "b"]
    assert found[0]["votes"] == 0.9
    assert found[0]["certificate"]["gathered"] == 900_000
    assert [line["votes"] for line in found[0]["certificate"]["votes"]] == [700_000, 200_000]
    said = xinmai("control", "p", *AS_OF, workspace=house).out
    assert "合计 900000 ppm，超过 1000000 ppm 的一半" in said


def test_the_managing_partner_controls_and_the_limited_partner_owns(
    xinmai: Xinmai, house: Path
) -> None:
    assert [one["uid"] for one in answered(xinmai, house, "control", "g")] == ["f"]
    assert answered(xinmai, house, "control", "l") == []
    owner = answered(xinmai, house, "owners", "f")[0]
    assert (owner["uid"], owner["integrated"]) == ("l", 0.99)


def test_entrusted_votes_are_the_trustees(xinmai: Xinmai, house: Path) -> None:
    found = answered(xinmai, house, "controller", "c")
    assert (found["uid"], found["status"], found["votes"]) == ("q", "found", 0.7)
    assert [one["uid"] for one in answered(xinmai, house, "control", "m")] == []
    owners = {one["uid"]: one["integrated"] for one in answered(xinmai, house, "owners", "c")}
    assert owners["m"] == 0.45


def test_the_controller_is_named_or_it_is_said_why_there_is_none(
    xinmai: Xinmai, house: Path
) -> None:
    found = answered(xinmai, house, "controller", "乙有限公司")
    assert (found["uid"], found["ring"], found["stop"]) == ("p", [], "person")
    nobody = xinmai("controller", "h", *AS_OF, workspace=house).out
    assert "无人控制" in nobody
    assert "止于：无上层持股数据" in nobody


def test_a_person_has_no_controller_and_no_beneficial_owner(xinmai: Xinmai, house: Path) -> None:
    for command in ("controller", "beneficial"):
        refused = xinmai(command, "p", *AS_OF, workspace=house)

        assert (refused.code, refused.out) == (2, "")
        assert "is a person, whom nobody owns" in refused.err


def test_a_party_that_is_not_there_is_refused_in_one_line(xinmai: Xinmai, house: Path) -> None:
    for command in ("owners", "holdings", "control", "controller"):
        ran = xinmai(command, "没有这家公司", workspace=house)
        assert (ran.code, ran.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "asked",
    [
        ("owners", "a"),
        ("owners", "a", "--holder", "h"),
        ("holdings", "p"),
        ("control", "p"),
        ("controller", "a"),
    ],
)
def test_every_answer_has_a_certificate_that_verify_accepts_without_a_database(
    xinmai: Xinmai, house: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    file = tmp_path / "certificate.json"
    assert xinmai(*asked, *AS_OF, "--certificate", file, workspace=house).code == 0
    checked = xinmai("verify", file, workspace=tmp_path / "nowhere")
    assert (checked.code, checked.out[:9]) == (0, "in order:")

    file.write_text(file.read_text("utf-8").replace("700000", "700001", 1), encoding="utf-8")
    if asked != ("owners", "a", "--holder", "h"):
        refused = xinmai("verify", file)
        assert (refused.code, refused.out[:8]) == (1, "refused:")


@pytest.mark.parametrize(
    "asked",
    [
        ("owners", "a"),
        ("holdings", "p"),
        ("control", "p"),
        ("controller", "a"),
        ("beneficial", "c"),
        ("expose", "a"),
    ],
)
def test_a_certificate_is_made_again_on_its_snapshot_and_what_was_made_up_is_named(
    xinmai: Xinmai, house: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    file = tmp_path / "certificate.json"
    assert xinmai(*asked, *AS_OF, "--certificate", file, workspace=house).code == 0
    same = xinmai("verify", file, "--remake", workspace=house)
    assert (same.code, same.out.splitlines()[1][-8:]) == (0, "the same")

    written = file.read_text("utf-8")
    file.write_text(written.replace("有限公司", "股份公司"), "utf-8")
    assert xinmai("verify", file).code == 0
    ran = xinmai("verify", file, "--remake", "--json", workspace=house)
    found = json.loads(ran.out)
    assert (ran.code, found["ok"], found["remade"]["same"]) == (1, True, False)
    places = [one["where"] for one in found["remade"]["differences"]]
    assert len(places) == written.count("有限公司")
    assert {place.rpartition(".")[2] for place in places} == {"name"}

    file.write_text(written.replace(found["remade"]["snapshot"], "0123456789abcdef"), "utf-8")
    assert xinmai("verify", file).code == 0
    refused = xinmai("verify", file, "--remake", workspace=house)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "snapshot: '0123456789abcdef' is not kept in this workspace" in refused.err


@pytest.mark.parametrize(
    ("company", "rules", "measures"),
    [("c", "beneficial_2024", {"integrated"}), ("f", "related_5", {"integrated", "votes"}),
     ("a", "majority_2024", {"direct"})],
)  # fmt: skip
def test_named_owners_have_a_certificate_with_the_test_that_each_meets(
    xinmai: Xinmai, house: Path, tmp_path: Path, company: str, rules: str, measures: set[str]
) -> None:
    file = tmp_path / "owners.json"
    asked = ("beneficial", company, "--rules", rules, *AS_OF, "--certificate", file)
    assert xinmai(*asked, workspace=house).code == 0
    document = json.loads(file.read_text("utf-8"))
    assert {line["measure"] for line in document["found"]} == measures
    checked = xinmai("verify", file, workspace=tmp_path / "nowhere")
    assert (checked.code, checked.out[:9]) == (0, "in order:")
    for key in ("value", "gathered", "at_least", "over"):
        for place, line in enumerate(document["found"]):
            if key not in line:
                continue
            wrong = json.loads(file.read_text("utf-8"))
            wrong["found"][place][key] = line[key] + 1 if key == "gathered" else "1.5"
            (tmp_path / "wrong.json").write_text(json.dumps(wrong), "utf-8")
            refused = xinmai("verify", tmp_path / "wrong.json")
            assert (refused.code, refused.out[:8]) == (1, "refused:"), key


def test_a_certificate_of_owners_is_of_one_set_of_rules(
    xinmai: Xinmai, house: Path, tmp_path: Path
) -> None:
    asked = ("beneficial", "c", "--rules", "all", "--certificate", tmp_path / "x.json")
    refused = xinmai(*asked, workspace=house)
    assert (refused.code, "one set of rules" in refused.err) == (2, True)


def test_beneficial_owners_are_named_with_their_rule(xinmai: Xinmai, house: Path) -> None:
    assert [
        (one["uid"], one["rule"], one["status"])
        for one in answered(xinmai, house, "beneficial", "c")
    ] == [("m", "i", "identified"), ("p", "i", "identified"), ("q", "i", "identified")]
    said = xinmai("beneficial", "c", "--rules", "all", *AS_OF, workspace=house).out
    for words in ("令〔2024〕第3号", "第二百六十五条", "5%以上", "重大影响"):
        assert words in said


@pytest.mark.parametrize("command", ["owners", "holdings", "control", "beneficial"])
def test_where_nobody_is_named_as_json_people_are_told_what_was_searched(
    xinmai: Xinmai, house: Path, command: str
) -> None:
    asked = {"owners": "p", "holdings": "c"}.get(command, "h")
    done = xinmai(command, asked, *AS_OF, "--json", workspace=house)
    assert json.loads(done.out) == []
    assert done.err == xinmai(command, asked, *AS_OF, workspace=house).out
    assert "2026-11-22" in done.err


def test_the_sets_of_rules_stand_side_by_side_as_json(xinmai: Xinmai, house: Path) -> None:
    found = answered(xinmai, house, "beneficial", "f", "--rules", "all")
    assert {(one["rules"], one["uid"], one["rule"]) for one in found} == {
        ("beneficial_2024", "l", "i"),
        ("beneficial_2024", "g", "ii"),
        ("majority_2024", "l", "share"),
        ("majority_2024", "g", "votes"),
        ("related_20", "l", "share"),
        ("related_20", "g", "votes"),
        ("related_5", "l", "share"),
        ("related_5", "g", "votes"),
    }
    assert {one["status"] for one in found if one["rules"] == "beneficial_2024"} == {
        "no_upstream_data"
    }
    refused = xinmai("beneficial", "f", "--rules", "mine", workspace=house)
    assert (refused.code, "must be one of" in refused.err) == (2, True)


def test_rows_that_cannot_be_are_rejected_with_their_rule_and_the_rest_is_answered(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    (tmp_path / "n.csv").write_text(
        "uid,label,name\np,Person,张三\na,Enterprise,甲\n", encoding="utf-8"
    )
    (tmp_path / "e.csv").write_text(
        "source,target,type,share,share_min,share_max,valid_from,valid_to,votes\n"
        "p,a,HOLDS_SHARES,NaN,,,,,\n"
        "p,a,HOLDS_SHARES,1.5,,,,,\n"
        "p,a,HOLDS_SHARES,-0.1,,,,,\n"
        "p,a,HOLDS_SHARES,inf,,,,,\n"
        "p,a,HOLDS_SHARES,,0.5,0.2,,,\n"
        "p,a,HOLDS_SHARES,0.5,,,2021-01-01,2020-01-01,\n"
        "p,a,HOLDS_SHARES,0.5,,,,,nan\n"
        "a,a,HOLDS_SHARES,0.1,,,,,\n"
        "p,a,HOLDS_SHARES,0.6,,,,,\n",
        encoding="utf-8",
    )
    ran = xinmai(
        "import",
        "--nodes",
        tmp_path / "n.csv",
        "--edges",
        tmp_path / "e.csv",
        "--no-publish",
        "--json",
        workspace=tmp_path / "w",
    )
    assert (ran.code, json.loads(ran.out)["rejected"]) == (1, 7)
    found = json.loads(xinmai("owners", "a", "--json", workspace=tmp_path / "w").out)
    assert [(one["uid"], one["direct"], round(one["integrated"], 6)) for one in found] == [
        ("p", 0.6, 0.666667)
    ]
