"""主体 run as a script: nine tabs, each value with its row; exposure is no record."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.presenters.profile import basic_rows, change_ids, source_rows
from app.settings import read_settings
from app.texts.read import LANGUAGES, text, texts
from graph.analysis.party import describe

SCRIPT = """
import streamlit as st
from app.texts.read import speak
from app.views import frame
from app.views.party import render
speak({language!r})
with frame.told():
    render(frame.house())
"""
FIRM = "深圳恒岭新材料有限公司"
BORROWER = "深圳恒岭建材贸易有限公司"
PERSON = "林岳峰"
TABS = (
    "basics", "records", "shares", "posts", "services", "exposed", "leads", "changes", "sources",
)  # fmt: skip
Screen = Callable[..., AppTest]


@pytest.fixture(scope="module")
def services(demo: Path) -> Services:
    return open_services(read_settings({}, demo))


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, services: Services) -> Screen:
    def run(party: str, tab: str, language: str = "zh", on: date | None = None) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(services.workspace.folder))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
        shown.session_state["party"] = services.party(party).uid
        shown.session_state["party-tab"] = texts()[f"party.{tab}"][language]
        if on is not None:
            shown.session_state["as_of"] = on
        return shown.run()

    return run


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("party", [FIRM, PERSON])
def test_every_tab_is_drawn_for_an_enterprise_and_a_person(
    screen: Screen, party: str, tab: str, language: str
) -> None:
    shown = screen(party, tab, language)

    assert not shown.exception
    assert not shown.error


@pytest.mark.parametrize(("asked", "said"), [("", ()), ("x" * 10_000, (f"{'x' * 60}…",))])
def test_an_address_that_names_nobody_is_not_repeated_at_length(
    monkeypatch: pytest.MonkeyPatch, services: Services, asked: str, said: tuple[str, ...]
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(services.workspace.folder))
    shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
    shown.query_params["party"] = asked

    shown.run()

    assert "请先在“检索”中选择一个主体" in shown.info[-1].value
    snapshot = services.loaded_snapshot().id
    looked = text("search.looked_code", snapshot=snapshot)
    told = [f"未发现主体 {uid}：{looked}" for uid in said]
    assert [one.value for one in shown.warning] == told


def test_a_code_in_the_address_opens_the_one_party_that_has_it(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(services.workspace.folder))
    firm = services.party(FIRM)
    for by, opened in ((str(firm.properties["uscc"]), True), (FIRM, False)):
        shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
        shown.query_params["party"] = by

        shown.run()

        assert [one.value for one in shown.header] == [FIRM] * opened
        if opened:
            assert shown.query_params["party"] == firm.uid


def test_a_code_of_several_in_the_address_opens_none_of_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = "uid,label,name,stock_code\na,Enterprise,甲公司,600519\nb,Enterprise,乙公司,600519\n"
    (tmp_path / "nodes.csv").write_text(said, encoding="utf-8")
    (tmp_path / "edges.csv").write_text("source,target,type\na,b,GUARANTEES\n", encoding="utf-8")
    files = (tmp_path / "nodes.csv", tmp_path / "edges.csv", None)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    house.take_graph(*files, to_store=False, progress=lambda _: None)
    house.close()
    monkeypatch.setenv("XINMAI_WORKSPACE", str(tmp_path / "w"))
    shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
    shown.query_params["party"] = "600519"

    shown.run()

    assert not shown.header
    assert shown.warning[0].value == "2 个主体的标识均为 600519：请到“检索”中选择"


def test_an_identity_number_in_the_address_opens_nobody_and_is_masked(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(services.workspace.folder))
    shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
    shown.query_params["party"] = "440106199001011235"

    shown.run()

    assert not shown.header
    assert shown.warning[0].value.replace("\\", "").startswith("未发现主体 440106********1235：")


def test_another_party_in_the_address_is_shown_at_once_where_a_page_was_opened_by_it(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(services.workspace.folder))
    shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
    for name in (FIRM, BORROWER):
        shown.query_params["party"] = services.party(name).uid

        shown.run()

        assert shown.header[0].value == name


def test_a_record_shows_the_sources_word_and_our_grade_with_its_rule(screen: Screen) -> None:
    shown = screen(BORROWER, "records")

    table = next(one.value for one in shown.dataframe if "来源用语" in one.value)
    row = table.iloc[0]
    assert row["严重程度"] == "严重"
    assert "（" in row["定级依据"]
    assert row["来源"].startswith("失信被执行人.csv 第 ")
    said = " ".join(one.value for one in shown.markdown)
    assert "自身有效失信记录 1 条（最重：严重，公示至 " in said


def test_where_nothing_graded_a_record_no_empty_brackets_stand(
    services: Services, screen: Screen
) -> None:
    today = date.today()  # noqa: DTZ011 - the person's day
    table = services.loaded_snapshot().table("records").collect()
    honoured = table.filter(pl.col("positive"))["subject"][0]
    assert services.loaded_snapshot().records_of(honoured, today)

    shown = screen(honoured, "records", "en")

    rows = next(one.value for one in shown.dataframe if "Grounds of severity" in one.value)
    assert "—" in set(rows["Grounds of severity"])
    assert not any("—（" in one or "（—" in one for one in rows["Grounds of severity"])


def test_exposure_changes_no_count_of_records(screen: Screen, services: Services) -> None:
    uid = services.party(FIRM).uid
    found = services.expose(uid, date.today())  # noqa: DTZ011 - the person's day
    assert found.exposure > 0

    shown = screen(FIRM, "records")

    said = " ".join(one.value for one in shown.markdown)
    assert "自身有效失信记录 0 条" in said
    assert any("失信记录（有效" in one.value and "未发现" in one.value for one in shown.info)


def test_a_representative_was_in_office_when_the_penalty_was_decided(screen: Screen) -> None:
    shown = screen(PERSON, "posts")

    table = next(one.value for one in shown.dataframe if "处罚时在任" in one.value)
    row = table[table["对方"] == BORROWER].iloc[0]
    assert row["处罚时在任"] == "是（1 条）"
    assert row["单位有效失信"] == "1"


def test_every_shown_value_has_a_row_and_a_value_not_taken_stands_beside(
    services: Services,
) -> None:
    snapshot = services.loaded_snapshot()
    lost = snapshot.table("conflicts").head(1).collect().row(0, named=True)
    described = describe(snapshot, lost["uid"], date(2026, 1, 1))

    rows = source_rows(described, {}, "zh")

    assert ("名称", lost["value"], "未采用") in {
        (row.cells["字段"], row.cells["值"], row.cells["采用"]) for row in rows
    }
    assert all(row.sources for row in basic_rows(described, "zh"))


def test_registered_changes_are_told_as_the_department_said_them(
    services: Services, screen: Screen
) -> None:
    snapshot = services.loaded_snapshot()
    of_change = snapshot.table("mentions").filter(resource="change", role="company")
    uid = of_change.head(1).collect()["uid"][0]
    assert change_ids(describe(snapshot, uid, date(2026, 1, 1)))["change"]

    shown = screen(uid, "changes")

    table = pl.from_pandas(shown.dataframe[0].value)
    assert table.filter(pl.col("事项").str.starts_with("变更登记：")).height >= 1
    assert table["日期"].to_list() == sorted(table["日期"], reverse=True)
    said = pl.from_pandas(screen(uid, "changes", "en").dataframe[0].value).to_series(1)
    assert said.str.starts_with("Registered changes: ").any()


def test_a_record_repaired_later_is_active_on_an_earlier_day(
    services: Services, screen: Screen
) -> None:
    snapshot = services.loaded_snapshot()
    records = (
        snapshot.table("records")
        .filter(status="repaired", positive=False)
        .filter(pl.col("ended_on").is_not_null(), pl.col("decided_on").is_not_null())
    )
    one = records.head(1).collect().row(0, named=True)

    now = screen(one["subject"], "records")
    then = screen(one["subject"], "records", on=one["decided_on"])

    def numbers(shown: AppTest, place: int) -> set[str]:
        heads = [sub.value for sub in shown.subheader]
        assert len(heads) == 3
        tables = {
            key: set(table.value["文书号"])
            for key, table in zip(_filled(shown), shown.dataframe, strict=False)
        }
        return tables.get(place, set())

    assert one["case_number"] in numbers(now, 2)
    assert one["case_number"] not in numbers(now, 0)
    assert one["case_number"] in numbers(then, 0)


def _filled(shown: AppTest) -> list[int]:
    """Return which of the three sections hold a table: the others say that there is none."""
    empty = " ".join(one.value for one in shown.info)
    names = ("失信记录（", "守信记录", "历史记录（")
    return [place for place, name in enumerate(names) if f"未发现：{name}" not in empty]
