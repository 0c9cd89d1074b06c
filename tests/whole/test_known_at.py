"""--known-at: every question answered from what had been loaded by the end of a day."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Xinmai
from tests.earlier import loaded_then_and_later

NODES = (
    "uid,label,name,region\n"
    "d,Enterprise,甲公司,440106\nr,Person,张三,\n"
    "c,Enterprise,乙公司,440305\nt,Enterprise,丙公司,440305\n"
)
THEN = "source,target,type,share\nr,d,REPRESENTS,\nr,c,REPRESENTS,\nc,t,HOLDS_SHARES,.08\n"
LATER = "source,target,type,share\nd,t,HOLDS_SHARES,.6\nt,d,HOLDS_SHARES,.6\n"
RECORDS = (
    "record_id,subject,class,severity,status,decided_on,published_until\n"
    "x1,d,court_defaulter,serious,active,2026-01-01,2099-12-31\n"
)
DAY = "2026-03-01"
KNOWN = ("--known-at", DAY)
ON = ("--as-of", "2026-11-25")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose first load is dated on DAY, and whose second is of today."""
    tables = {"nodes": NODES, "records": RECORDS}
    return loaded_then_and_later(
        tmp_path_factory.mktemp("known"), tables, (THEN, LATER), date.fromisoformat(DAY)
    )


def asked(xinmai: Xinmai, workspace: Path, *words: str) -> tuple[object, object]:
    """Return the answer of then and of now."""
    found = []
    for known in (KNOWN, ()):
        ran = xinmai(*words, *known, "--json", workspace=workspace)
        assert ran.code in (0, 1), ran.err
        assert (DAY in ran.err) == bool(known)
        found.append(json.loads(ran.out))
    return found[0], found[1]


def test_a_party_is_shown_and_found_as_it_was_known(xinmai: Xinmai, workspace: Path) -> None:
    then, now = asked(xinmai, workspace, "show", "t", *ON)
    assert json.dumps(then).count("HOLDS_SHARES") < json.dumps(now).count("HOLDS_SHARES")
    found = xinmai("search", "丙公司", *KNOWN, workspace=workspace)
    assert "丙公司" in found.out
    assert "批次 3" in found.err


def test_what_a_conclusion_rests_on_is_told_of_then(xinmai: Xinmai, workspace: Path) -> None:
    then, now = asked(xinmai, workspace, "rests", "t", "--on", "control", "--by", "d", *ON)
    assert isinstance(then, list)
    assert isinstance(now, list)
    assert (then[0]["stands"], now[0]["stands"]) == (False, True)


def test_bidders_and_lists_are_compared_as_they_were_known(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("名称\n甲公司\n丙公司\n", "utf-8")
    then, now = asked(xinmai, workspace, "bidders", str(listed), *ON)
    assert json.dumps(then) != json.dumps(now)
    then, now = asked(xinmai, workspace, "check", str(listed), *ON)
    assert isinstance(then, dict)
    assert isinstance(now, dict)
    assert then["snapshot"] != now["snapshot"]


def test_a_ring_that_was_loaded_later_is_no_lead_of_then(xinmai: Xinmai, workspace: Path) -> None:
    then, now = asked(xinmai, workspace, "patterns", "circular_ownership", *ON)
    assert isinstance(then, dict)
    assert isinstance(now, dict)
    assert (len(then["findings"]), len(now["findings"])) == (0, 1)


def test_a_day_is_made_ready_before_anybody_asks(xinmai: Xinmai, workspace: Path) -> None:
    made = xinmai("known", DAY, workspace=workspace)
    assert made.code == 0, made.err
    asked_for = xinmai("known", DAY, "--json", workspace=workspace)
    assert json.loads(asked_for.out) == {
        "known_at": DAY, "snapshot": made.out.strip(), "batches": 3,
    }  # fmt: skip
    refused = xinmai("known", "yesterday", workspace=workspace)
    assert refused.code == 2
    assert "yesterday" in refused.err


def test_either_side_of_a_difference_is_what_was_known(xinmai: Xinmai, workspace: Path) -> None:
    ran = xinmai("diff", "--old-known-at", DAY, *ON, "--json", workspace=workspace)
    assert ran.code == 0, ran.err
    assert '"d"' in ran.out
    back = xinmai(
        "diff", "--new-known-at", DAY, "--old-known-at", DAY, *ON, "--json", workspace=workspace
    )
    assert back.code == 0, back.err
    current = (workspace / "current").read_text("utf-8")
    twice = xinmai("diff", current, "--old-known-at", DAY, workspace=workspace)
    assert twice.code == 2
    assert "--old-known-at" in twice.err


def test_the_graph_is_handed_over_as_it_was_known(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    ran = xinmai("export", "--out", tmp_path, *KNOWN, workspace=workspace)
    assert ran.code == 0, ran.err
    assert len((tmp_path / "edges.csv").read_text("utf-8-sig").splitlines()) == 1 + 3


def test_a_report_says_what_was_known_and_is_made_again(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    words = ("report", "t", "--purpose", "招投标", "--format", "json", "--out", tmp_path, *ON)
    made = [xinmai(*words, *known, "--json", workspace=workspace) for known in (KNOWN, ())]
    assert [ran.code for ran in made] == [0, 0], made[0].err
    then, now = (json.loads(ran.out) for ran in made)
    assert then["content_hash"] != now["content_hash"]
    shown = next(one for one in then["files"] if one.endswith(".json") and "cert" not in one)
    cover = json.dumps(json.loads(Path(shown).read_text("utf-8"))["sections"][0])
    assert json.dumps(f"{DAY}（")[1:-1] in cover
    again = xinmai("report", "verify", shown, workspace=workspace)
    assert again.code == 0, again.out
    assert again.out.startswith("一致")
    assert json.loads(xinmai(*words, *KNOWN, "--json", workspace=workspace).out) == then


def test_a_monthly_compares_with_what_was_known_when_the_month_began(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    words = ("report", "--kind", "monthly", "--purpose", "其它", "--format", "json")
    said = []
    for on in (ON[1], "2026-03-31"):
        made = xinmai(*words, "--as-of", on, "--out", tmp_path / on, "--json", workspace=workspace)
        assert made.code == 0, made.err
        [path] = (tmp_path / on).glob("*.json")
        content = json.loads(path.read_text("utf-8"))
        said.append(next(one for one in content["sections"] if one["title"] == "变化"))
        assert xinmai("report", "verify", path, workspace=workspace).code == 0

    november, march = said
    assert f"其中资料最近装载于 {DAY}" in november["sentences"][0]["text"]
    assert ["关系", "持股", "2", "0", "0"] in november["tables"][0]["rows"]
    # Nothing had been loaded when March began.
    assert "2026-03 以前没有装载过资料" in march["sentences"][0]["text"]
    assert march["tables"] == []
