"""Every command as a person reads it on a terminal: its lines, its words, its exit code."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest
import yaml

from app.bootstrap import open_services
from app.presenters.joining import RULES
from app.reference import PAGES
from app.reference import main as write_pages
from app.settings import read_settings
from graph.store.running import stop_engine
from tests.conftest import Xinmai

AS_OF = "2026-11-23"
FIRM = "深圳恒岭新材料有限公司"
POLICY = Path(__file__).resolve().parents[2] / "graph" / "policy" / "default.yml"
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "empty"
    yield folder
    stop_engine(folder / "graph")


def test_a_new_workspace_says_where_it_is_and_what_to_do(xinmai: Xinmai, empty: Path) -> None:
    made = xinmai("init", workspace=empty)
    assert (made.code, made.err) == (0, f"工作区 {empty}\n")

    asked = xinmai("status", workspace=empty)
    assert asked.code == 0
    assert asked.out.splitlines() == ["尚无数据：xinmai load 装载文件，或 xinmai demo 生成演示数据"]

    searched = xinmai("search", "某某", workspace=empty)
    assert searched.code == 2
    assert "xinmai load" in searched.err


def test_what_was_backed_up_is_built_again_from_the_ledger(
    xinmai: Xinmai, demo: Path, empty: Path
) -> None:
    shutil.copytree(demo, empty, ignore=shutil.ignore_patterns("graph", "snapshots", "current"))

    built = xinmai("load", "--rebuild", "--no-publish", "--json", workspace=empty)

    assert built.code == 0
    said = json.loads(built.out)
    assert (
        said["snapshot"] == json.loads(xinmai("status", "--json", workspace=demo).out)["snapshot"]
    )
    assert said["files"] == []
    for wrong in ((), ("--rebuild", demo)):
        refused = xinmai("load", *wrong, workspace=empty)
        assert refused.code == 2
        assert "must have either files or --rebuild" in refused.err


def test_what_is_loaded_is_said_where_the_store_does_not_answer(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    shutil.copytree(demo, there, ignore=shutil.ignore_patterns("graph", "working"))
    (there / "xinmai.toml").write_text('neo4j_uri = "bolt://127.0.0.1:9"\n', "utf-8")

    said = xinmai("status", workspace=there)
    assert said.code == 2
    assert "does not answer" in said.err
    both = said.out.splitlines(), xinmai("status", workspace=demo).out.splitlines()
    assert both[0][0] == both[1][0]
    assert both[0][1].endswith("图库（neo4j）未能查询")
    assert both[0][2:] == both[1][2:]
    told = xinmai("status", "--json", workspace=there)
    assert (told.code, json.loads(told.out)["published"]) == (2, None)


def test_the_status_counts_and_lists_every_file(xinmai: Xinmai, demo: Path) -> None:
    lines = xinmai("status", workspace=demo).out.splitlines()

    with closing(open_services(read_settings({}, demo))) as house:
        held = house.status()
    assert f"主体 {held.parties:,}  关系 {held.links:,}" in lines[0]
    assert lines[1].endswith("一致")
    assert len(lines) == 2 + len(held.batches)
    assert "读入" in lines[2]


def test_search_lists_places_names_and_reasons(xinmai: Xinmai, demo: Path) -> None:
    found = xinmai("search", FIRM, workspace=demo)
    first = found.out.splitlines()[0].split("\t")
    assert first[:3] == ["1", FIRM, "企业"]
    assert first[4] == f"名称全同：{FIRM}"

    none = xinmai("search", "没有这样的名称", workspace=demo)
    assert (none.code, none.out) == (0, "")
    assert none.err.startswith("未发现“没有这样的名称”：已检索全部主体的名称、曾用名、简称、拼音")

    several = xinmai("search", "陈志伟", workspace=demo)
    assert "指向不唯一" in several.err
    # Persons of one name are told apart by where they are in office.
    known = {line.split("\t")[6] for line in several.out.splitlines() if "\t陈志伟\t" in line}
    assert len(known) > 1


def test_the_version_is_said(xinmai: Xinmai) -> None:
    said = xinmai("--version")
    assert (said.code, said.out) == (0, f"xinmai {version('xinmai')}\n")


def test_a_prefix_narrows_as_on_the_screen_and_no_number_is_repeated_whole(
    xinmai: Xinmai, demo: Path
) -> None:
    case = xinmai("search", "案号:(2026)粤0305执1208号", workspace=demo)
    assert case.out.split("\t")[1] == "深圳恒岭建材贸易有限公司"
    assert "案号相同" in case.out

    number = xinmai("search", "11010519491231002X", "--json", workspace=demo)
    assert "19491231002X" not in number.out + number.err
    answer = json.loads(number.out)
    assert (answer["field"], answer["candidates"]) == ("identity", [])
    assert answer["searched"].startswith("已按加密摘要检索全部自然人")


def test_a_party_is_shown_with_file_and_row_of_everything(xinmai: Xinmai, demo: Path) -> None:
    shown = xinmai("show", FIRM, "--as-of", AS_OF, workspace=demo)

    lines = shown.out.splitlines()
    assert shown.code == 0
    assert [line.split(" ")[1] for line in lines if line.startswith("# ")][:4] == [
        "基本",
        "信用记录",
        "关系",
        "来源",
    ]
    assert any("市场主体登记" in line and "行" in line for line in lines)


def test_how_a_party_was_put_together_names_rule_file_and_row(xinmai: Xinmai, demo: Path) -> None:
    said = xinmai("how", "佛山岭丰食品有限公司", workspace=demo).out
    assert "1. 统一社会信用代码相同" in said
    assert "佛山岭丰食品有限公司" in said
    assert "市场主体登记.csv 第" in said

    steps = json.loads(xinmai("how", FIRM, "--json", workspace=demo).out)["steps"]
    assert sum(len(step["sources"]) for step in steps) >= 3
    assert all(step["rule_zh"] for step in steps)


def test_every_rule_of_resolution_has_words(demo: Path) -> None:
    mentions = open_services(read_settings({}, demo)).loaded_snapshot().table("mentions")
    assert set(mentions.collect()["rule"].drop_nulls()) <= set(RULES)


def test_two_parties_are_compared_and_one_is_said_to_be_one(xinmai: Xinmai, demo: Path) -> None:
    ends = (FIRM, "佛山壳岭贸易有限公司")
    not_one = xinmai("why-not", *ends, workspace=demo).out.splitlines()
    assert not_one[1].startswith("结论：不同主体：有效标识不同")
    assert not_one[2] == "# 反对同一"
    found = json.loads(xinmai("why", *ends, "--json", workspace=demo).out)
    assert found["verdict"] == "different"
    assert {"uscc", "brand"} <= {one["what"] for one in found["evidence"]}

    same = xinmai("why", "佛山壳岭贸易有限公司", "佛山岭丰食品有限公司", workspace=demo).out
    assert "同一主体（已合并）" in same


def test_the_signing_firm_s_derived_links_name_the_rows_of_its_engagements(
    xinmai: Xinmai, demo: Path
) -> None:
    ran = xinmai("show", "广东岭衡会计师事务所有限公司", "--json", workspace=demo)

    links = json.loads(ran.out)["links"]
    served = [one for one in links if one["type"] == "SERVES"]
    assert len(served) >= 3
    assert all(one["sources"] for one in links)
    assert {"中介业务"} <= {one["sources"][0]["file"].split(".")[0] for one in served}


def test_a_path_is_a_sentence_and_none_says_what_was_searched(xinmai: Xinmai, demo: Path) -> None:
    ends = ("惠州标岭园林有限公司", "惠州标岭市政工程有限公司")
    found = xinmai("path", *ends, "--as-of", AS_OF, workspace=demo)
    number, sentence, strength, kinds = found.out.splitlines()[0].split("\t")
    assert number == "1"
    assert sentence.startswith(ends[0])
    assert sentence.endswith(ends[1])
    assert strength.startswith("强度 ")
    assert kinds.startswith("登记事实 ")
    assert "9 类关系，4 跳以内，截至 2026-11-23" in found.out.partition("已检索：")[2]

    some = ("--types", "HOLDS_SHARES", "--hops", "1", "--as-of", AS_OF)
    none = xinmai("path", *ends, *some, workspace=demo)
    assert none.out.startswith("未检索：")
    assert "已检索的范围内未发现：持股 1 类关系，1 跳以内，截至 2026-11-23" in none.out
    sure = xinmai(
        "path", *ends, "--order", "verifiable", "--json", "--as-of", AS_OF, workspace=demo
    )
    first = json.loads(sure.out)["paths"][0]
    less = ("--without-link", first["links"][0]["key"], "--exclude-type", "BID_IN")
    other = json.loads(xinmai("path", *ends, *less, "--json", workspace=demo).out)
    assert first["weakest"] == "recorded"
    assert other["bounds"]["without_links"] == [first["links"][0]["key"]]
    assert other["bounds"]["not_searched"] == ["BID_IN"]
    late = xinmai("path", *ends, "--timeout", "0", "--as-of", AS_OF, workspace=demo)
    assert late.out.startswith("超时：")

    wrong = xinmai("path", *ends, "--types", "KNOWS", workspace=demo)
    assert wrong.code == 2
    assert "KNOWS" in wrong.err


def test_exposure_is_explained_in_sentences_with_its_bounds(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    proof = tmp_path / "proof.json"
    ran = xinmai("expose", FIRM, "--as-of", AS_OF, "--certificate", proof, workspace=demo)

    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{FIRM}  自身 0.000 | 传导值 ")
    assert "跳以内，截至 2026-11-23" in lines[1]
    assert lines[-1].startswith("关联提示，不是失信记录，不得据此采取措施")
    assert f"凭证 {proof}" in ran.err
    assert xinmai("verify", proof).out.startswith("in order: ")

    forged = proof.read_text("utf-8").replace('"X": "0.', '"X": "0.9', 1)
    proof.write_text(forged, "utf-8")
    refused = xinmai("verify", proof)
    assert refused.code == 1
    assert refused.out.startswith("refused: ")

    proof.write_text("{", "utf-8")
    assert xinmai("verify", proof).code == 2


def test_no_exposure_says_what_was_searched(xinmai: Xinmai, demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    firms = house.loaded_snapshot().table("nodes").filter(pl.col("label") == "Enterprise")
    clean = next(
        uid
        for uid in firms.select("uid").collect()["uid"]
        if house.expose(uid, date.fromisoformat(AS_OF), 1).exposure == 0
    )

    ran = xinmai("expose", clean, "--hops", 1, "--as-of", AS_OF, workspace=demo)

    assert "1 跳以内" in ran.out
    assert "未发现：范围内没有带有效失信记录的关联路径" in ran.out


def test_what_if_shows_before_and_after_and_stores_nothing(xinmai: Xinmai, demo: Path) -> None:
    before = xinmai("expose", FIRM, "--as-of", AS_OF, "--json", workspace=demo).out
    links = json.loads(before)["contributions"][0]["links"]

    dropped = xinmai("whatif", FIRM, "--drop-link", links[0], "--as-of", AS_OF, workspace=demo)
    assert dropped.out.startswith(f"{FIRM}  假设，未保存")
    assert "传导值: " in dropped.out
    assert xinmai("expose", FIRM, "--as-of", AS_OF, "--json", workspace=demo).out == before

    uid = json.loads(before)["uid"]
    added = xinmai(
        "whatif", FIRM, "--add-record", f"{uid}:penalty:serious", "--as-of", AS_OF, "--json",
        workspace=demo,
    )  # fmt: skip
    assert json.loads(added.out)["after"]["own"] > 0

    wrong = xinmai("whatif", FIRM, "--drop-link", "none", workspace=demo)
    assert wrong.code == 2
    nothing = xinmai("whatif", FIRM, workspace=demo)
    assert (nothing.code, nothing.out) == (2, "")
    assert "supposes nothing: give --drop-link, --repair or --add-record" in nothing.err


def test_another_policy_file_is_taken_or_refused(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "policy.yml"
    shipped = yaml.safe_load(POLICY.read_text("utf-8"))
    other.write_text(yaml.safe_dump({**shipped, "nonsense": 1}), "utf-8")

    ran = xinmai("expose", FIRM, "--policy", other, workspace=demo)

    assert ran.code == 2
    assert "nonsense" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_the_query_library_is_listed_shown_and_run(xinmai: Xinmai, demo: Path) -> None:
    listed = xinmai("query", "list", workspace=demo).out.splitlines()
    assert any(line.startswith("people.same_name\t") for line in listed)

    shown = xinmai("query", "show", "people.same_name", workspace=demo)
    assert "MATCH" in shown.out

    ran = xinmai("query", "run", "people.many_posts", workspace=demo)
    assert ran.code == 0, ran.err
    assert "，快照 " in ran.err
    assert len(ran.out.splitlines()) > 1

    rows = json.loads(xinmai("query", "run", "people.many_posts", "--json", workspace=demo).out)
    assert len(rows) == len(ran.out.splitlines()) - 1

    for wrong in (("people.none",), ("people.many_posts", "-p", "least"),
                  ("people.many_posts", "-p", "least=viele")):  # fmt: skip
        refused = xinmai("query", "run", *wrong, workspace=demo)
        assert (refused.code, len(refused.err.strip().splitlines())) == (2, 1)


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_an_answer_is_written_in_every_form(
    xinmai: Xinmai, demo: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"answer.{form}"
    ran = xinmai("query", "run", "people.many_posts", "--out", out, workspace=demo)
    assert ran.code == 0, ran.err
    assert f"已写入 {out}" in ran.err
    assert out.stat().st_size > 0


def test_a_batch_is_told_in_one_line_and_a_wrong_one_refused(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    batch = tmp_path / "batch.yml"
    batch.write_text("title: 例行\nitems:\n  - {name: 一, query: people.same_name}\n", "utf-8")
    ran = xinmai("query", "batch", batch, "--out", tmp_path / "out", workspace=demo)
    assert ran.code == 0
    assert "完成 1，失败 0" in ran.err

    batch.write_text("- 1\n", "utf-8")
    assert xinmai("query", "batch", batch, "--out", tmp_path / "out", workspace=demo).code == 2
    again = xinmai("query", "batch", tmp_path / "none", "--out", tmp_path, workspace=demo)
    assert again.code == 2


def test_the_catalogue_is_listed_and_a_new_entry_checked(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    listed = xinmai("catalogue", "list", workspace=demo).out.splitlines()
    codes = {line.split("\t")[0] for line in listed}
    assert {"market_entity", "penalty"} <= codes
    as_json = json.loads(xinmai("catalogue", "list", "--json", workspace=demo).out)
    assert {one["code"] for one in as_json} == codes

    good = DOCS / "examples" / "listed_company.yml"
    ran = xinmai("catalogue", "check", good)
    assert (ran.code, "无误" in ran.err) == (0, True)

    bad = tmp_path / "bad.yml"
    for text in ("code: [", "code: x\n", good.read_text("utf-8") + "\nsurprise: 1\n"):
        bad.write_text(text, "utf-8")
        refused = xinmai("catalogue", "check", bad)
        assert refused.code == 2
        assert refused.err.startswith(f"xinmai: {bad.name}: ")


def test_the_doctor_finds_every_needed_part_at_work(xinmai: Xinmai, demo: Path) -> None:
    ran = xinmai("doctor", workspace=demo)

    assert ran.code == 0, ran.out
    assert "故障" not in ran.out
    assert "正常 图库：embedded，为快照 " in ran.out


def test_the_doctor_names_what_is_broken_and_the_remedy(xinmai: Xinmai, empty: Path) -> None:
    xinmai("init", workspace=empty)
    (empty / "catalogue").mkdir(exist_ok=True)
    (empty / "catalogue" / "bad.yml").write_text("code: x\n", "utf-8")
    (empty / "current").write_text("gone\n", "utf-8")

    ran = xinmai("doctor", "--json", workspace=empty)

    found = {one["part"]: one for one in json.loads(ran.out)}
    assert ran.code == 1
    assert not found["catalogue"]["works"]
    assert found["catalogue"]["remedy"] == "请修正所指文件"
    assert found["pdf"]["works"]


def test_the_demonstration_goes_the_whole_way(xinmai: Xinmai, empty: Path, tmp_path: Path) -> None:
    ran = xinmai(
        "demo", "--enterprises", 500, "--seed", 3, "--out", tmp_path / "out", "--no-serve",
        workspace=empty,
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert "报告 XM-" in ran.err
    assert {path.suffix for path in (tmp_path / "out" / "reports").iterdir()} >= {".html", ".pdf"}
    assert json.loads(xinmai("status", "--json", workspace=empty).out)["published"] is not None


def test_a_world_is_written_and_counted(xinmai: Xinmai, tmp_path: Path) -> None:
    ran = xinmai("world", "--enterprises", 500, "--seed", 3, "--out", tmp_path, "--json")
    rows = json.loads(ran.out)["rows"]
    assert sum(rows.values()) > 3_000
    assert " 行，在 " in xinmai("world", "--enterprises", 500, "--out", tmp_path / "b").err
    assert xinmai("world", "--enterprises", 10, "--out", tmp_path / "c").code == 2


def test_exported_files_are_named_and_another_form_is_refused(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    for form, files in (("csv", 3), ("parquet", 3), ("graphml", 1), ("gexf", 1)):
        ran = xinmai("export", "--format", form, "--out", tmp_path / form, workspace=demo)
        named = [Path(line) for line in ran.err.splitlines()]
        assert all(path.is_file() and path.suffix == f".{form}" for path in named)
        assert len(named) == files
    ran = xinmai("export", "--format", "dot", "--out", tmp_path, workspace=demo)
    assert ran.code == 2
    assert "'dot' must be one of csv, parquet, graphml, gexf, bods, ftm" in ran.err


def test_generated_pages_are_fresh_and_a_stale_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_pages([str(DOCS), "--check"]) == 0

    assert write_pages([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
    (tmp_path / "cli.md").write_text("old", "utf-8")
    assert write_pages([str(tmp_path), "--check"]) == 1
    assert "docs/cli.md is stale" in capsys.readouterr().err


def test_the_day_must_be_a_day(xinmai: Xinmai, demo: Path) -> None:
    ran = xinmai("expose", FIRM, "--as-of", "23.11.2026", workspace=demo)
    assert ran.code == 2
    assert "must be a date" in ran.err
