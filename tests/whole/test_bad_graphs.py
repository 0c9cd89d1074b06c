"""Graphs as nobody should hand them over: every answer is flagged and bounded, none is wrong."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import Xinmai

AS_OF = ("--as-of", "2026-11-23")
HEAD = "source,target,type,share,valid_from,valid_to\n"
FIRMS = "abcdefgh"
CROWD = 100_000


def _house(xinmai: Xinmai, folder: Path, edges: Sequence[str], more: Sequence[str] = ()) -> Path:
    nodes = [f"{one},Enterprise,深圳{one.upper()}一建设有限公司" for one in FIRMS]
    nodes += ["p,Person,张三", *more]
    (folder / "nodes.csv").write_text("uid,label,name\n" + "\n".join(nodes) + "\n", "utf-8")
    (folder / "edges.csv").write_text(HEAD + "\n".join(edges) + "\n", "utf-8")
    (folder / "records.csv").write_text(
        "record_id,subject,class,severity,status,decided_on\n"
        "r1,p,court_defaulter,,active,2026-01-01\n", "utf-8",
    )  # fmt: skip
    (folder / "list.csv").write_text(
        "企业名称\n" + "\n".join(f"深圳{one.upper()}一建设有限公司" for one in FIRMS) + "\n",
        "utf-8",
    )
    files = [word for name in ("nodes", "edges", "records")
             for word in (f"--{name}", folder / f"{name}.csv")]  # fmt: skip
    ran = xinmai("import", *files, "--no-publish", workspace=folder / "w")
    assert "Traceback" not in ran.err
    return folder / "w"


def _all(xinmai: Xinmai, house: Path, one: str = "a", other: str = "b") -> dict[str, object]:
    """Ask every command about the graph; none crashes, and every certificate is in order."""
    folder = house.parent
    asked = {
        "path": ("path", one, other),
        "rests": ("rests", other),
        "bidders": ("bidders", folder / "list.csv"),
        "expose": ("expose", other, "--certificate", folder / "expose.json"),
        "owners": ("owners", other, "--certificate", folder / "owners.json"),
        "control": ("control", one, "--certificate", folder / "control.json"),
        "controller": ("controller", other, "--certificate", folder / "controller.json"),
        "beneficial": ("beneficial", other),
        "holdings": ("holdings", one),
        "show": ("show", other),
        "patterns": ("patterns",),
        "scan": ("scan", "--no-publish", "--scaled"),
        "report": ("report", other, "--purpose", "招投标", "--format", "json", "--out", folder),
    }
    found = {}
    for name, words in asked.items():
        ran = xinmai(*words, "--json", *AS_OF, workspace=house)
        assert ran.code in {0, 1}, (name, ran.err)
        assert "Traceback" not in ran.err
        found[name] = json.loads(ran.out, parse_constant=_no_number)
    for name in ("expose", "owners", "control", "controller"):
        checked = xinmai("verify", folder / f"{name}.json", "--remake", workspace=house)
        assert checked.code == 0, (name, checked.out)
    return found


def _no_number(text: str) -> float:
    raise AssertionError(text)


def test_shares_that_sum_to_three_hundred_percent(xinmai: Xinmai, tmp_path: Path) -> None:
    edges = [f"{one},b,HOLDS_SHARES,1.0,," for one in ("a", "c", "p")]
    found = _all(xinmai, _house(xinmai, tmp_path, edges))

    assert {one["status"] for one in found["owners"]} == {"conflict"}  # type: ignore[attr-defined]
    assert found["controller"]["status"] == "several"  # type: ignore[index]


def test_a_ring_in_which_everybody_is_wholly_owned(xinmai: Xinmai, tmp_path: Path) -> None:
    edges = ["a,b,HOLDS_SHARES,1.0,,", "b,c,HOLDS_SHARES,1.0,,", "c,a,HOLDS_SHARES,1.0,,"]
    found = _all(xinmai, _house(xinmai, tmp_path, edges))

    assert {one["status"] for one in found["owners"]} == {"closed_ring"}  # type: ignore[attr-defined]
    assert found["controller"]["status"] == "closed_ring"  # type: ignore[index]
    paths = found["path"]["paths"]  # type: ignore[index]
    assert [one["nodes"] for one in paths] == [["a", "b"], ["a", "c", "b"]]


def test_who_holds_itself_or_is_its_own_guarantor(xinmai: Xinmai, tmp_path: Path) -> None:
    edges = ["b,b,HOLDS_SHARES,1.0,,", "a,a,GUARANTEES,,,", "a,b,GUARANTEES,,,",
             "p,a,HOLDS_SHARES,0.9,,", "a,a,HOLDS_SHARES,0.1,,"]  # fmt: skip
    found = _all(xinmai, _house(xinmai, tmp_path, edges))

    assert [one["nodes"] for one in found["path"]["paths"]] == [["a", "b"]]  # type: ignore[index]
    alone = _all(xinmai, tmp_path / "w", "p", "a")
    # Nine tenths of nine tenths: own shares do not count.
    assert {one["uid"]: one["integrated"] for one in alone["owners"]}["p"] == 1.0  # type: ignore[attr-defined]


def test_no_numbers_and_dates_that_end_before_they_begin(xinmai: Xinmai, tmp_path: Path) -> None:
    edges = ["a,b,HOLDS_SHARES,NaN,,", "c,b,HOLDS_SHARES,inf,,", "d,b,HOLDS_SHARES,-0.2,,",
             "p,b,HOLDS_SHARES,0.6,2025-01-01,2020-01-01", "a,e,HOLDS_SHARES,0.6,,",
             "e,b,HOLDS_SHARES,0.6,,"]  # fmt: skip
    found = _all(xinmai, _house(xinmai, tmp_path, edges))

    # What has ended before it began never was; what is no share is refused by its row.
    assert [one["uid"] for one in found["owners"]] == ["e", "a"]  # type: ignore[attr-defined]
    assert found["path"]["found"]  # type: ignore[index]


@pytest.mark.slow
def test_a_hundred_thousand_links_at_one_party(xinmai: Xinmai, tmp_path: Path) -> None:
    others = [f"n{number}" for number in range(CROWD)]
    more = [f"{one},Enterprise,佛山{one}号建设有限公司" for one in others]
    edges = ["a,h,GUARANTEES,,,", "b,h,GUARANTEES,,,", "p,b,REPRESENTS,,,",
             *[f"h,{one},SERVES,,," for one in others]]  # fmt: skip
    found = _all(xinmai, _house(xinmai, tmp_path, edges, more))

    path = found["path"]
    assert path["state"] == "capped"  # type: ignore[index]
    assert path["stops"] == [{"uid": "h", "reason": "supernode", "links": CROWD + 2}]  # type: ignore[index]
    ended = json.loads(xinmai("path", "a", "h", "--json", *AS_OF, workspace=tmp_path / "w").out)
    assert ended["paths"][0]["nodes"] == ["a", "h"]


def test_two_such_graphs_differ_without_a_crash(xinmai: Xinmai, tmp_path: Path) -> None:
    house = _house(xinmai, tmp_path, ["a,b,HOLDS_SHARES,1.0,,", "b,b,HOLDS_SHARES,1.0,,"])
    more = tmp_path / "more"
    more.mkdir()
    (more / "nodes.csv").write_text("uid,label,name\nz,Person,王五\n", "utf-8")
    (more / "edges.csv").write_text(
        HEAD + "z,b,HOLDS_SHARES,1.0,,\nb,a,HOLDS_SHARES,1.0,,\np,z,HOLDS_SHARES,NaN,,\n", "utf-8"
    )
    words = ("--nodes", more / "nodes.csv", "--edges", more / "edges.csv", "--no-publish")
    assert "Traceback" not in xinmai("import", *words, workspace=house).err

    ran = xinmai("diff", "--json", *AS_OF, workspace=house)

    assert ran.code == 0, ran.err
    found = json.loads(ran.out, parse_constant=_no_number)
    assert found["counts"]["links"]["added"] >= 2
    assert found["bounds"]["looked"] > 0


def test_shares_by_which_everybody_controls_everybody_are_named(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    count = 6_000
    nodes = [f"f{one},Enterprise,深圳{one}建设有限公司" for one in range(count)]
    # Each is wholly held by two others: with both, nearly all of them hold nearly all.
    ends = [(one * 7 + 1, one * 11 + 3) for one in range(count)]
    edges = [f"f{by % count},f{one},HOLDS_SHARES,1.0" for one, two in enumerate(ends) for by in two]
    (tmp_path / "nodes.csv").write_text("uid,label,name\n" + "\n".join(nodes), "utf-8")
    (tmp_path / "edges.csv").write_text("source,target,type,share\n" + "\n".join(edges), "utf-8")
    files = ("--nodes", tmp_path / "nodes.csv", "--edges", tmp_path / "edges.csv")

    ran = xinmai("import", *files, "--no-publish", workspace=tmp_path / "w")

    assert ran.code == 2
    [said] = [line for line in ran.err.splitlines() if line.startswith("xinmai:")]
    assert "control each other in more than 20,120,000 pairs" in said
    assert "add up to more than 100 %" in said
    assert said.endswith("nothing is kept of nodes.csv, edges.csv")
    # The workspace is as it was before: what is right is taken.
    house = _house(xinmai, tmp_path, ["a,b,HOLDS_SHARES,1.0,,"])
    status = json.loads(xinmai("status", "--json", workspace=house).out)
    assert status["parties"] == len(FIRMS) + 1


def test_an_export_that_is_imported_beside_its_own_files_is_taken_back(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    head = "企业名称,统一社会信用代码,法定代表人\n"
    (tmp_path / "市场主体登记.csv").write_text(
        head + "甲有限公司,91350100M000100Y43,张三\n", "utf-8"
    )
    house = tmp_path / "w"
    loaded = xinmai("load", tmp_path / "市场主体登记.csv", "--no-publish", workspace=house)
    assert loaded.code == 0, loaded.err
    before = xinmai("status", "--json", workspace=house).out
    xinmai("export", "--out", tmp_path / "out", workspace=house)
    words = [word for name in ("nodes", "edges", "records")
             for word in (f"--{name}", tmp_path / "out" / f"{name}.csv")]  # fmt: skip
    for _ in range(2):
        ran = xinmai("import", *words[:4], "--no-publish", workspace=house)
        assert ran.code == 2
        assert "is there twice as uid" in ran.err
        assert "nothing is kept of nodes.csv" in ran.err
        assert xinmai("status", "--json", workspace=house).out == before
    # What a killed import left goes, too, when all is built again.
    services = open_services(read_settings({}, house))
    services.pipeline().take_graph(tmp_path / "out/nodes.csv", tmp_path / "out/edges.csv", None)
    services.close()
    assert xinmai("load", "--rebuild", "--no-publish", workspace=house).code == 2
    assert xinmai("load", "--rebuild", "--no-publish", workspace=house).code == 0
    assert xinmai("status", "--json", workspace=house).out == before


def test_a_first_import_that_was_killed_and_cannot_be_is_taken_back_with_the_next(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    head = "企业名称,统一社会信用代码,法定代表人\n"
    registered = tmp_path / "市场主体登记.csv"
    registered.write_text(head + "甲有限公司,91350100M000100Y43,张三\n", "utf-8")
    source, house = tmp_path / "source", tmp_path / "w"
    xinmai("load", registered, "--no-publish", workspace=source)
    xinmai("export", "--out", tmp_path / "out", workspace=source)
    (tmp_path / "w").mkdir()
    (house / "identity.key").write_bytes((source / "identity.key").read_bytes())
    # As after a kill between ledger and snapshot: both in the ledger, no snapshot of either.
    services = open_services(read_settings({}, house))
    services.pipeline().take_files([registered], None, repr)
    services.pipeline().take_graph(tmp_path / "out/nodes.csv", tmp_path / "out/edges.csv", None)
    services.close()
    other = tmp_path / "法定代表人.csv"
    other.write_text("企业名称,法定代表人\n乙有限公司,李四\n", "utf-8")

    ran = xinmai("load", other, "--no-publish", workspace=house)

    assert ran.code == 2
    [said] = [line for line in ran.err.splitlines() if line.startswith("xinmai:")]
    assert said.endswith(
        "nothing is kept of 市场主体登记.csv, nodes.csv, edges.csv, 法定代表人.csv"
    )
    again = xinmai("load", registered, other, "--no-publish", workspace=house)
    assert again.code == 0, again.err
    assert not (house / "ledger" / "unbuilt").exists()


def test_a_restored_ledger_of_which_a_snapshot_was_made_is_never_taken_back(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    head = "企业名称,统一社会信用代码,法定代表人\n"
    registered = tmp_path / "市场主体登记.csv"
    registered.write_text(head + "甲有限公司,91350100M000100Y43,张三\n", "utf-8")
    house = tmp_path / "w"
    xinmai("load", registered, "--no-publish", workspace=house)
    xinmai("export", "--out", tmp_path / "out", workspace=house)
    # As after a restore: snapshots are no part of a backup.
    (house / "current").unlink()
    words = ("--nodes", tmp_path / "out/nodes.csv", "--edges", tmp_path / "out/edges.csv")

    ran = xinmai("import", *words, "--no-publish", workspace=house)

    assert ran.code == 2
    assert "nothing is kept of nodes.csv" in ran.err
    assert "市场主体登记.csv" not in ran.err
    assert xinmai("load", "--rebuild", "--no-publish", workspace=house).code == 0
