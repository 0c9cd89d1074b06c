"""From departments' files to an answer, as a person would go: each test is a question asked."""

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.presenters.party import party_to_json
from app.reports.picture import letters
from app.settings import read_settings
from graph.analysis.party import describe
from loaders.cells import ROW
from loaders.readers import read_table
from tests.conftest import Xinmai

AS_OF = "2026-11-23"
CODE_OR_MASK = "^(uscc|registration_number|id_mask):"


@pytest.fixture(scope="module")
def stories(world: Path) -> dict[str, dict[str, object]]:
    listed = json.loads((world / "truth" / "stories.json").read_text("utf-8"))
    return {story["code"]: story for story in listed}


def test_no_two_true_entities_become_one(world: Path, demo: Path) -> None:
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    truth = pl.read_parquet(world / "truth" / "rows.parquet")
    named = snapshot.table("mentions").select("file", "row", "role", "uid").collect()
    known = named.join(truth, on=["file", "row", "role"])

    merged = known.group_by("uid").agg(pl.col("entity").n_unique().alias("entities"))

    assert known.height > 4_000
    assert merged.filter(pl.col("entities") > 1).is_empty()


def test_every_file_adds_up_and_rejected_rows_come_back_with_a_reason(demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    batches = house.ledger.batches()

    assert len(batches) == 26
    assert all(one.read == one.loaded + one.merged + one.rejected for one in batches)
    [register] = [one for one in batches if one.resource == "market_entity"]
    rejected = house.ledger.rejected(register.batch)
    assert rejected.height == register.rejected
    assert rejected.columns[-4:] == ["行号", "列", "值", "规则"]
    assert rejected["规则"].null_count() == 0


def test_every_shown_value_leads_to_a_file_and_a_row_that_says_it(world: Path, demo: Path) -> None:
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    tables = {path.name: read_table(path).frame for path in (world / "files").iterdir()}
    parties = snapshot.table("nodes").filter(pl.col("label").is_in(["Enterprise", "Person"]))
    told_apart = pl.col("sources").list.eval(pl.element().str.contains(CODE_OR_MASK)).list.any()
    apart = parties.filter(told_apart).collect()["uid"]
    # Keys of persons differ from workspace to workspace, so a plain sample may miss those.
    chosen = [*parties.collect()["uid"].gather_every(40), *apart.gather_every(20)]
    elsewhere = 0
    for uid in chosen:
        shown = party_to_json(describe(snapshot, uid, date.fromisoformat(AS_OF)))
        said = shown["property_sources"]
        assert all(said[name] for name in said), (uid, said)
        for name in ("uscc", "registration_number", "id_mask"):
            if name in said:
                [source] = said[name]
                row = tables[source["file"]].row(by_predicate=pl.col(ROW) == source["row"])
                given = "".join(re.sub(r"[-\s]", "", str(cell)).upper() for cell in row)
                value = str(shown["properties"][name])
                assert value[-4:] in unicodedata.normalize("NFKC", given)
                elsewhere += said[name] != said["name"]
    assert elsewhere


def test_the_store_holds_the_snapshot_that_is_current(xinmai: Xinmai, demo: Path) -> None:
    ran = xinmai("status", "--json", workspace=demo)

    found = json.loads(ran.out)
    assert ran.code == 0
    assert found["snapshot"] == found["published"]
    assert found["parties"] > 500
    assert len(found["batches"]) == 26


def test_loading_what_is_there_already_changes_nothing(
    xinmai: Xinmai, world: Path, demo: Path
) -> None:
    before = json.loads(xinmai("status", "--json", workspace=demo).out)["snapshot"]

    ran = xinmai("load", world / "files", "--json", workspace=demo)

    found = json.loads(ran.out)
    assert found["snapshot"] == before
    assert all(one["again"] for one in found["files"])


def test_the_ring_s_firm_is_exposed_and_has_no_record_of_its_own(
    xinmai: Xinmai, demo: Path, stories: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    firm = stories["ring"]["subject"]
    proof = tmp_path / "proof.json"

    ran = xinmai("expose", firm, "--as-of", AS_OF, "--certificate", proof, "--json", workspace=demo)

    found = json.loads(ran.out)
    assert found["own"] == 0
    assert found["exposure"] > 0.2
    assert 0 < found["floor"] <= found["exposure"] <= found["cap"] <= 1
    checked = xinmai("verify", proof, "--json")
    assert (checked.code, json.loads(checked.out)["ok"]) == (0, True)


def test_a_forged_certificate_is_refused(
    xinmai: Xinmai, demo: Path, stories: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    proof = tmp_path / "proof.json"
    xinmai("expose", stories["ring"]["subject"], "--certificate", proof, workspace=demo)
    document = json.loads(proof.read_text("utf-8"))
    document["X"] = "0.010000000000"
    proof.write_text(json.dumps(document), "utf-8")

    assert xinmai("verify", proof).code == 1


def test_homonyms_stay_apart(
    xinmai: Xinmai, demo: Path, stories: dict[str, dict[str, object]]
) -> None:
    found = json.loads(xinmai("search", "陈志伟", "--json", workspace=demo).out)
    assert found["ambiguous"]
    exact = {one["uid"] for one in found["candidates"] if one["name"] == "陈志伟"}
    assert len(exact) >= 2

    ambiguous = xinmai("show", "陈志伟", workspace=demo)
    assert ambiguous.code == 2
    assert "is the name of several" in ambiguous.err
    # What tells them apart stands beside each: here a firm and what he is to it.
    assert "珠海同岭机电有限公司" in ambiguous.err
    assert "湛江同岭水产有限公司" in ambiguous.err

    clean = xinmai("expose", stories["homonyms"]["subject"], "--json", workspace=demo)
    assert json.loads(clean.out)["exposure"] == 0


@pytest.mark.parametrize("code", ["repaired", "disputed"])
def test_a_repaired_and_a_disputed_record_count_nothing(
    xinmai: Xinmai, demo: Path, stories: dict[str, dict[str, object]], code: str
) -> None:
    firm = stories[code]["subject"]
    found = json.loads(xinmai("expose", firm, "--as-of", AS_OF, "--json", workspace=demo).out)
    assert (found["own"], found["exposure"]) == (0, 0)

    shown = json.loads(xinmai("show", firm, "--as-of", AS_OF, "--json", workspace=demo).out)
    assert [one["status"] for one in shown["records"]] == [code]


def test_a_penalty_follows_the_firm_through_its_change_of_name(xinmai: Xinmai, demo: Path) -> None:
    shown = json.loads(xinmai("show", "佛山壳岭贸易有限公司", "--json", workspace=demo).out)
    assert "佛山岭丰食品有限公司" in shown["properties"]["former_names"]
    assert len(shown["records"]) == 1

    former = json.loads(xinmai("search", "佛山岭丰食品有限公司", "--json", workspace=demo).out)
    assert former["candidates"][0]["name"] == "佛山壳岭贸易有限公司"


def test_two_bidders_are_joined_by_a_path_and_none_says_what_was_searched(
    xinmai: Xinmai, demo: Path
) -> None:
    ends = ("惠州标岭园林有限公司", "惠州标岭市政工程有限公司")
    found = json.loads(xinmai("path", *ends, "--json", workspace=demo).out)
    assert found["found"]

    none = xinmai("path", "惠州标岭园林有限公司", "珠海同岭机电有限公司", workspace=demo)
    assert none.code == 0
    assert "4" in none.out


def test_what_if_the_link_were_not_there(xinmai: Xinmai, demo: Path) -> None:
    firm = "深圳恒岭新材料有限公司"
    found = json.loads(xinmai("expose", firm, "--as-of", AS_OF, "--json", workspace=demo).out)
    record = next(iter(found["by_record"]))

    ran = xinmai("whatif", firm, "--repair", record, "--as-of", AS_OF, "--json", workspace=demo)

    answer = json.loads(ran.out)
    assert answer["after"]["exposure"] < answer["before"]["exposure"]


def test_named_queries_answer_and_write_files(xinmai: Xinmai, demo: Path, tmp_path: Path) -> None:
    listed = json.loads(xinmai("query", "list", "--json", workspace=demo).out)
    assert len(listed) >= 25

    out = tmp_path / "answer.xlsx"
    ran = xinmai("query", "run", "people.many_posts", "--out", out, workspace=demo)
    assert ran.code == 0, ran.err
    assert pl.read_excel(out).height > 0


def test_a_batch_says_what_ran_and_what_failed(xinmai: Xinmai, demo: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.yml"
    batch.write_text(
        "title: 例行\nitems:\n  - {name: 一, query: people.same_name}\n"
        "  - {name: 二, query: people.none}\n",
        "utf-8",
    )

    ran = xinmai("query", "batch", batch, "--out", tmp_path / "out", "--json", workspace=demo)

    manifest = json.loads(ran.out)
    assert ran.code == 1
    assert (manifest["done"], manifest["failed"]) == (1, 1)


def test_the_report_is_written_numbered_and_names_its_sources(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    firm = "深圳恒岭新材料有限公司"
    ran = xinmai(
        "report", firm, "--purpose", "招投标", "--out", tmp_path, "--as-of", AS_OF, "--json",
        workspace=demo,
    )  # fmt: skip

    issued = json.loads(ran.out)
    assert ran.code == 0, ran.err
    assert issued["number"].startswith("XM-")
    html = next(Path(one) for one in issued["files"] if one.endswith(".html")).read_text("utf-8")
    assert firm in html
    assert "市场主体登记.csv" in html
    assert "关联提示，不是失信记录，不得据此采取措施" in html
    pdf = next(Path(one) for one in issued["files"] if one.endswith(".pdf"))
    assert pdf.read_bytes().startswith(b"%PDF")


def test_every_path_of_a_report_leads_to_file_and_row_and_its_picture_can_be_read(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    ran = xinmai(
        "report", "深圳恒岭新材料有限公司", "--purpose", "招投标", "--out", tmp_path,
        "--as-of", AS_OF, "--format", "html,json", "--json", workspace=demo,
    )  # fmt: skip

    files = [Path(one) for one in json.loads(ran.out)["files"]]
    content = json.loads(next(one for one in files if one.suffix == ".json").read_text("utf-8"))
    related = next(one for one in content["sections"] if one["title"] == "关联方")
    paths = [one for one in related["sentences"] if "系数" in one["text"]]
    owned = [one for one in related["sentences"] if "自身有有效负面记录" in one["text"]]
    assert len(paths) > 3
    for one in (*paths, *owned):
        assert re.search(r"\.(csv|xlsx|json) 第 \d+ 行", one["evidence"]), one
    # Who holds whom stays as recorded, although dishonesty passes the other way.
    held = "深圳恒岭建材贸易有限公司 ←持股 80.00%— 深圳恒岭实业投资有限公司 —持股 60.00%→"
    assert any(one["text"].startswith(held) for one in paths)
    page = next(one for one in files if one.suffix == ".html").read_text("utf-8")
    # Names on paper: at least 7 points (screens.md 5).
    assert letters(page[page.index("<svg") :]) >= 7


def test_a_report_without_a_known_purpose_is_not_written(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    ran = xinmai(
        "report", "深圳恒岭新材料有限公司", "--purpose", "好奇", "--out", tmp_path, workspace=demo
    )

    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1


def test_what_is_exported_can_be_imported_and_says_the_same(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    files = [Path(one) for one in json.loads(
        xinmai("export", "--out", out, "--json", workspace=demo).out
    )]  # fmt: skip
    by_name = {path.stem: path for path in files}
    assert xinmai("export", "--format", "graphml", "--out", out, workspace=demo).code == 0

    other = tmp_path / "other"
    ran = xinmai(
        "import", "--nodes", by_name["nodes"], "--edges", by_name["edges"],
        "--records", by_name["records"], "--no-publish", "--json", workspace=other,
    )  # fmt: skip

    assert ran.code == 0, ran.err
    for firm in ("深圳恒岭新材料有限公司", "广东岭衡会计师事务所有限公司"):
        asked = ("expose", firm, "--as-of", AS_OF, "--json")
        here, there = (json.loads(xinmai(*asked, workspace=one).out) for one in (demo, other))
        assert here["exposure"] == pytest.approx(there["exposure"], abs=1e-12)
    shown = json.loads(xinmai("show", firm, "--json", workspace=other).out)
    said = [*shown["links"], *shown["records"]]
    assert {one["file"] for item in said for one in item["sources"]} <= {
        "nodes.csv",
        "edges.csv",
        "records.csv",
    }
    assert all(item["sources"] for item in said)


def test_the_story_of_the_shell_is_found_by_its_query_and_none_else_is(
    xinmai: Xinmai, demo: Path, stories: dict[str, dict[str, object]]
) -> None:
    ran = xinmai(
        "query", "run", "trace.shell_change", "-p", f"as_of={AS_OF}", "--json", workspace=demo
    )

    rows = json.loads(ran.out)
    told = [row for row in rows if row["successor_name"] == stories["shell"]["subject"]]
    assert [(row["name"], row["person_name"], row["left_on"]) for row in told] == [
        ("佛山壳岭贸易有限公司", "曾伟雄", "2025-06-17")
    ]
    assert rows == told
