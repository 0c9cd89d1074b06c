"""传导 run as a script: case G to the last shown digit, rules of factors, what if, leads marked."""

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.settings import read_settings
from app.texts.read import LANGUAGES
from graph.analysis.certificate import certificate

SCRIPT = """
from app.texts.read import speak
from app.views import frame
from app.views.exposure import render
speak({language!r})
render(frame.house())
"""
CLIENTS = tuple(f"K{number:02}" for number in range(38))
# Case G of method.md 4, and beside it V, which only a possible namesake joins with a record.
LINKS = (
    "R,D,REPRESENTS,",
    "R,C,REPRESENTS,",
    "H,D,HOLDS_SHARES,0.6",
    "H,C,HOLDS_SHARES,0.4",
    "C,T,HOLDS_SHARES,0.08",
    "A,D,SERVES,",
    "A,C,SERVES,",
    *(f"A,{client},SERVES,," for client in CLIENTS),
    "Z1,S,REPRESENTS,",
    "Z2,V,REPRESENTS,",
    "Z1,Z2,POSSIBLY_SAME,",
    # One narrow link before two wide ways: what passes is bounded by it.
    "S,M,RELATED,,0.3",
    "M,N1,RELATED,,0.9",
    "M,N2,RELATED,,0.9",
    "N1,W,RELATED,,0.9",
    "N2,W,RELATED,,0.9",
)
RECORDS = """record_id,subject,class,status,decided_on,published_until
r1,D,court_defaulter,active,2025-01-01,2030-01-01
r2,S,court_defaulter,active,2025-01-01,2030-01-01"""
Screen = Callable[..., AppTest]


def whole(row: str) -> str:
    """Return a row with all its five cells."""
    return row + "," * (4 - row.count(","))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds case G."""
    folder = tmp_path_factory.mktemp("exposed")
    people = dict.fromkeys(("R", "H", "Z1", "Z2"), "Person")
    firms = dict.fromkeys(
        ("A", "C", "D", "T", "S", "V", "M", "N1", "N2", "W", *CLIENTS), "Enterprise"
    )
    nodes = [f"{uid},{label},{uid}" for uid, label in (people | firms).items()]
    (folder / "nodes.csv").write_text("\n".join(("uid,label,name", *nodes)), encoding="utf-8")
    (folder / "edges.csv").write_text(
        "\n".join(("source,target,type,share,p", *map(whole, LINKS))), encoding="utf-8"
    )
    (folder / "records.csv").write_text(RECORDS, encoding="utf-8")
    house = open_services(read_settings({}, folder / "w"), create=True)
    house.take_graph(
        folder / "nodes.csv",
        folder / "edges.csv",
        folder / "records.csv",
        to_store=False,
        progress=lambda _: None,
    )
    house.close()
    return folder / "w"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Screen:
    def run(party: str, language: str = "zh") -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
        shown.session_state["party"] = party
        return shown.run()

    return run


def measures(shown: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in shown.metric}


def table(shown: AppTest, head: str) -> list[dict[str, str]]:
    (found,) = [one.value for one in shown.dataframe if head in one.value]
    return list(found.to_dict("records"))


def bar(shown: AppTest) -> list[str]:
    (drawn,) = [one.proto.body for one in shown.get("html") if "Σ" in one.proto.body]
    return [unescape(one) for one in re.findall(r"<(?:li|b)[^>]*>([^<]*)<", drawn)]


def ticked(shown: AppTest, words: str) -> str:
    (key,) = [one.key for one in shown.checkbox if words in one.label.replace("\\", "")]
    return str(key)


def test_case_g_to_the_last_shown_digit(screen: Screen) -> None:
    shown = screen("C")

    assert not shown.exception
    assert measures(shown) == {
        "自身": "0.000",
        "传导值": "0.556",
        "下限": "0.432",
        "上限": "0.556",
        "等级": "高",
    }
    assert bar(shown) == [
        "1. D ←法定代表人— R —法定代表人→ C 0.387",
        "2. D ←持股 60.00%— H —持股 40.00%→ C 0.167",
        "3. D ←服务— A —服务→ C 0.002",
        "Σ 0.556",
    ]
    paths = next(one.value for one in shown.dataframe if "记录强度" in one.value)
    assert list(paths["贡献"]) == ["0.387", "0.167", "0.002"]
    said = [one.value.replace("\\", "") for one in shown.markdown]
    assert any("贡献 0.387456。关联提示，不是失信记录，不得据此采取措施。" in one for one in said)


@pytest.mark.parametrize(
    ("party", "value", "floor"),
    [
        ("R", "0.769", "0.720"),
        ("H", "0.545", "0.450"),
        ("T", "0.053", "0.041"),
        ("A", "0.036", "0.022"),
    ],
)
def test_the_others_of_case_g(screen: Screen, party: str, value: str, floor: str) -> None:
    found = measures(screen(party))

    assert (found["传导值"], found["下限"]) == (value, floor)


def test_each_factor_opens_its_rule_and_its_source(screen: Screen) -> None:
    shown = screen("C")
    first, second, third = table(shown, "规则（策略）")

    assert first["关系"] == "起点记录：D"
    assert first["规则（策略）"] == "记录强度：strengths.court_defaulter = 0.9"
    assert first["来源"] == "records.csv 第 2 行"
    assert (second["系数"], second["规则（策略）"]) == ("0.8", "links.REPRESENTS.against = 0.8")
    assert (third["系数"], third["规则（策略）"]) == ("0.6", "links.REPRESENTS.along = 0.6")
    assert third["来源"] == "edges.csv 第 3 行"

    shown.selectbox(key="passing-path-C-zh").set_value(1).run()
    share = table(shown, "规则（策略）")[2]
    assert share["系数的组成"] == "0.6 × 0.8 = 0.48"
    assert "持股 φ = 0.8（有控制权为 1，否则取 2×比例，低于 5.00% 不传导）" in share["规则（策略）"]

    shown.selectbox(key="passing-path-C-zh").set_value(2).run()
    served = table(shown, "规则（策略）")[1]
    assert served["系数的组成"] == "0.1 × 0.25 = 0.025"
    assert "多客户机构衰减 h = 0.25（hubs.free_bits = 4）" in served["规则（策略）"]


@pytest.mark.parametrize(
    ("left_out", "after"),
    [("R → C", "0.218"), ("H → C", "0.433"), ("D: 失信被执行人", "0.000")],
)
def test_what_if_shows_before_and_after_and_stores_nothing(
    screen: Screen, workspace: Path, left_out: str, after: str
) -> None:
    shown = screen("C")
    files = sorted(one for one in workspace.rglob("*") if one.is_file())

    shown.checkbox(key=ticked(shown, left_out)).uncheck().run()

    assert f"假设，未保存：0.556 → {after}" in [one.value for one in shown.info]
    rows = {row["项目"]: (row["现在"], row["假设之后"]) for row in table(shown, "假设之后")}
    assert rows["传导值"] == ("0.556", after)
    assert measures(shown)["传导值"] == "0.556"
    assert sorted(one for one in workspace.rglob("*") if one.is_file()) == files

    shown.button(key="whatif-reset").click().run()
    assert not any("假设，未保存" in one.value for one in shown.info)


def test_the_certificate_is_verified_on_the_spot(screen: Screen) -> None:
    shown = screen("C")
    shown.button(key="verify-C-certificate").click().run()

    assert shown.success[0].value.startswith("核验一致：重算 ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "凭证 收到.json：不是 JSON 文件"),
        (b"\xff\xfe", "凭证 收到.json：不是 JSON 文件"),
        (b"[]", "无法据此计算（凭证：list 必须是 JSON 对象）"),
    ],
)
def test_what_is_no_certificate_is_refused_in_one_sentence(
    screen: Screen, content: bytes, said: str
) -> None:
    shown = screen("C")

    given = next(one for one in shown.file_uploader if one.key == "received-exposure")
    given.set_value([("收到.json", content, "application/json")]).run()

    assert not shown.exception
    assert [one.value.replace("\\", "") for one in shown.error] == [said]


def test_a_certificate_that_an_editor_has_marked_is_in_order(
    screen: Screen, workspace: Path
) -> None:
    house = open_services(read_settings({}, workspace))
    told = certificate(house.view(date.today()), "C", 4)  # noqa: DTZ011 - the person's day

    shown = screen("C")
    given = next(one for one in shown.file_uploader if one.key == "received-exposure")
    content = json.dumps(told).encode("utf-8-sig")
    given.set_value([("收到.json", content, "application/json")]).run()

    assert [one.value[:4] for one in shown.success] == ["核验一致"]


def test_links_that_are_only_possible_are_off_and_marked_when_on(screen: Screen) -> None:
    shown = screen("V")
    assert measures(shown)["传导值"] == "0.000"
    assert any("未发现：带有效失信记录的关联路径" in one.value for one in shown.info)

    shown.toggle(key="exposure-leads").set_value(True).run()

    assert measures(shown)["传导值"] == "0.410"
    warned = " ".join(one.value for one in shown.warning)
    assert "已计入疑似同一人（待核线索）" in warned
    assert "不计时为 0.000" in warned
    assert "用到了仅属疑似的关联（疑似同一人）" in warned


def test_where_the_cut_binds_its_links_are_named(screen: Screen) -> None:
    shown = screen("W")

    assert measures(shown)["上限"] == "0.300"
    (cut,) = [one.value for one in shown.dataframe if list(one.value) == ["关系", "来源"]]
    assert list(cut["关系"]) == ["S → M：其他关联"]
    assert "上限由最小割决定，割边 1 条" in [one.value for one in shown.caption]
    assert not [one for one in screen("C").dataframe if list(one.value) == ["关系", "来源"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_stands_beside_the_figures(screen: Screen, language: str) -> None:
    notice = {"zh": "不得据此采取措施", "en": "no measure may be based on it"}[language]
    assert any(notice in one.value for one in screen("C", language).caption)
