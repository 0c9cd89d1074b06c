"""Reports from the demonstration: what stands in them, the same bytes twice, verified, in batch."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.reports.issue import KINDS
from app.reports.picture import letters, svg
from app.settings import read_settings
from tests.conftest import Xinmai

AS_OF = "2026-11-23"
FIRM, SISTER = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司"
SECTIONS = [
    "封面", "摘要", "主体信息", "自身记录", "股权与控制", "关联方", "中介与专业人员", "待核线索",
    "记录前后的变更", "传导说明", "范围与方法", "异议途径", "证据表",
]  # fmt: skip
FORMS = "pdf,docx,xlsx,html,json"
FULL_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dX](?![\dA-Z])")


@pytest.fixture(scope="module")
def desk(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with a desk of its own: numbers of other tests do not count on here."""
    folder = tmp_path_factory.mktemp("reports") / "workspace"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("graph", "desk.sqlite"))
    (folder / "graph").mkdir()
    return folder


def _report(xinmai: Xinmai, desk: Path, out: Path, *asked: object) -> dict[str, Path]:
    ran = xinmai(
        "report", *asked, "--purpose", "招投标", "--as-of", AS_OF, "--out", out, "--json",
        workspace=desk,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    files = [Path(one) for one in json.loads(ran.out)["files"]]
    return {one.name.split(".", 1)[1]: one for one in files}


def _text(pdf: Path) -> str:
    ran = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return ran.stdout.decode()


def test_two_runs_write_equal_bytes_of_each_form(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    one, other = (
        _report(xinmai, desk, tmp_path / name, FIRM, "--format", FORMS) for name in ("a", "b")
    )

    assert set(one) == {*FORMS.split(","), "certificate.json"}
    for form, path in one.items():
        assert path.read_bytes() == other[form].read_bytes(), form
        assert path.name == other[form].name


def test_a_report_has_its_sections_and_every_sentence_stands_in_the_evidence(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    files = _report(xinmai, desk, tmp_path, FIRM, "--format", "json")

    content = json.loads(files["json"].read_text("utf-8"))
    said = [one for section in content["sections"] for one in section["sentences"]]
    evidence = {row[0]: row for row in content["sections"][-1]["tables"][0]["rows"]}
    assert [one["title"] for one in content["sections"]] == SECTIONS
    assert len(content["sections"][1]["sentences"]) <= 5
    assert [one["number"] for one in said] == list(evidence)
    for one in said:
        assert evidence[one["number"]][1] == one["text"]
        assert len(evidence[one["number"]][4]) > 1, one
    # Control adds up line by line, and a beneficial owner comes with its rule.
    owned = " ".join(one["text"] for one in content["sections"][4]["sentences"])
    assert "表决权加项" in owned
    assert "受益所有人" in owned
    assert "标准" in owned
    # A lead is told with its null model, apart from facts.
    kinds = {one["kind"] for one in content["sections"][7]["sentences"]}
    assert kinds <= {"lead", "method", "recorded"}
    certificate = json.loads(files["certificate.json"].read_text("utf-8"))
    assert certificate["uid"] == content["subject"]["uid"]


def test_every_picture_can_be_read_on_paper(xinmai: Xinmai, desk: Path, tmp_path: Path) -> None:
    files = _report(xinmai, desk, tmp_path, FIRM, "--format", "json")

    content = json.loads(files["json"].read_text("utf-8"))
    drawn = [one for section in content["sections"] for one in section["pictures"]]
    assert {one["topic"] for one in drawn} == {"股权", "任职", "中介", "路径"}
    for one in drawn:
        picture = svg(one["dot"])
        assert letters(picture) >= 7, one["caption"]
        assert picture.count('class="node"') <= 40
        assert f"截至 {AS_OF}" in one["caption"]
        assert "图例" in one["caption"]


def test_paper_holds_every_name_no_identity_number_and_fonts_of_its_own(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    files = _report(xinmai, desk, tmp_path, SISTER, "--format", "pdf,json")

    content = json.loads(files["json"].read_text("utf-8"))
    text = _text(files["pdf"])
    flat = re.sub(r"\s", "", text)
    snapshot = open_services(read_settings({}, desk)).loaded_snapshot()
    uid = content["subject"]["uid"]
    ends = {end for link in snapshot.links_of(uid) for end in (link.source, link.target)}
    parties = [node for node in snapshot.nodes(sorted(ends)) if "Party" in node.labels]
    assert parties
    for node in parties:
        assert re.sub(r"\s", "", node.name) in flat, node.name
    codes = {node.properties.get("uscc") for node in parties}
    assert set(FULL_IDENTITY.findall(text)) <= codes
    number = f"{content['number']}"
    pages = [page for page in text.split("\f") if page.strip()]
    assert all(number in page and content["content_hash"][:16] in page for page in pages)
    assert f"第{len(pages)}页/共{len(pages)}页" in flat
    fonts = subprocess.run(["pdffonts", str(files["pdf"])], capture_output=True, check=True)
    rows = fonts.stdout.decode().splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows), rows


def test_dishonesty_is_said_of_nobody_without_a_record(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    files = _report(xinmai, desk, tmp_path, FIRM, "--format", "json")

    house = open_services(read_settings({}, desk))
    snapshot = house.loaded_snapshot()
    names: dict[str, list[str]] = {}
    for uid, name in snapshot.table("nodes").select("uid", "name").collect().rows():
        names.setdefault(str(name), []).append(uid)
    content = json.loads(files["json"].read_text("utf-8"))
    sentences = [one for section in content["sections"] for one in section["sentences"]]
    spoken = [
        one for one in sentences if "失信被执行人" in one["text"] and one["kind"] == "recorded"
    ]
    assert spoken
    for one in spoken:
        owner = next(name for name in names if one["text"].startswith(f"{name} "))
        # Of several who are called so one has it: the sentence is about that one.
        assert any(snapshot.records_of(uid) for uid in names[owner])
    # The subject has no record of its own: nothing says that it has.
    own = " ".join(one["text"] for one in content["sections"][3]["sentences"])
    assert "未发现" in own
    assert "失信" not in own


@pytest.mark.parametrize("form", FORMS.split(","))
def test_a_report_is_verified_and_a_forged_one_is_found(
    xinmai: Xinmai, desk: Path, tmp_path: Path, form: str
) -> None:
    path = _report(xinmai, desk, tmp_path, FIRM, "--format", form)[form]

    good = xinmai("report", "verify", path, workspace=desk)
    content = path.read_bytes()
    path.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:])
    bad = xinmai("report", "verify", path, workspace=desk)

    assert (good.code, good.out.startswith("一致")) == (0, True)
    assert (bad.code, bad.out.startswith("不同")) == (1, True)


def test_a_changed_digit_is_found_in_its_section(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    path = _report(xinmai, desk, tmp_path, FIRM, "--format", "html")["html"]
    text = path.read_text("utf-8")
    place = text.index('<section id="s6">')
    path.write_text(
        text[:place] + re.sub(r"贡献 0\.\d", "贡献 0.9", text[place:], count=1), "utf-8"
    )

    ran = xinmai("report", "verify", path, "--json", workspace=desk)

    assert json.loads(ran.out)["differs"] == [6]


def test_a_report_of_another_desk_or_without_its_snapshot_is_said_to_be_so(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    path = _report(xinmai, desk, tmp_path, FIRM, "--format", "json")["json"]
    other = tmp_path / "other"
    shutil.copytree(desk, other, ignore=shutil.ignore_patterns("desk.sqlite"))
    gone = tmp_path / "gone"
    shutil.copytree(desk, gone)
    snapshot = json.loads(path.read_text("utf-8"))["snapshot"]
    shutil.move(gone / "snapshots" / snapshot, gone / "snapshots" / "other")

    unknown = xinmai("report", "verify", path, workspace=other)
    kept = xinmai("report", "verify", path, workspace=gone)
    path.write_text(path.read_text("utf-8").replace("招投标", "商业贷款", 1), "utf-8")
    lost = xinmai("report", "verify", path, workspace=gone)

    assert unknown.code == 1
    assert "档案中没有" in unknown.out
    # The file that was written is known by its hash; whether another one is right cannot be said.
    assert kept.code == 0
    assert "未能重新生成" in kept.out
    assert snapshot in kept.out
    assert lost.code == 2
    assert len(lost.err.strip().splitlines()) == 1


def test_after_a_new_load_a_report_is_verified_on_its_own_snapshot_and_a_month_tells_what_changed(
    xinmai: Xinmai, desk: Path, world: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    shutil.copytree(desk, later)
    path = _report(xinmai, later, tmp_path, FIRM, "--format", "json")["json"]
    before = json.loads(path.read_text("utf-8"))["snapshot"]
    lines = (world / "files" / "对外担保.csv").read_text("utf-8-sig").splitlines()
    added = tmp_path / "对外担保_2.csv"
    added.write_text(
        "\n".join([lines[0], re.sub(r",20\d\d-", ",2018-", lines[1], count=1)]), "utf-8"
    )
    assert xinmai("load", added, "--no-publish", workspace=later).code == 0

    old = xinmai("report", "verify", path, "--json", workspace=later)
    month = _report(
        xinmai, later, tmp_path, "--kind", "monthly", "--since", before, "--format", "json"
    )["json"]

    assert json.loads(old.out) == {
        "number": path.stem,
        "same": True,
        "differs": [],
        "why": "",
    }
    content = json.loads(month.read_text("utf-8"))
    [changed] = content["sections"][2]["tables"]
    assert content["snapshot"] != before
    # The same guarantee with an earlier beginning is one that changed, no second one.
    assert ["关系", "担保", "0", "1", "0"] in changed["rows"]
    # Of a resource with several files all rows count: the table adds up to the sentence above it.
    [sources] = content["sections"][1]["tables"]
    read = sum(int(row[5].replace(",", "")) for row in sources["rows"])
    assert f"读入 {read:,} 行" in content["sections"][1]["sentences"][0]["text"]
    assert max(int(row[1]) for row in sources["rows"]) > 1
    assert xinmai("report", "verify", month, workspace=later).code == 0


def test_every_kind_of_report_is_made_and_verified(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "bidders.csv"
    listed.write_text(f"投标人\n{FIRM}\n没有这家公司\n{SISTER}\n", "utf-8")
    subjects: dict[str, list[object]] = {
        "related": [FIRM],
        "group": [FIRM],
        "person": ["许明达"],
        "bidders": ["--list", listed],
        "monthly": [],
    }
    assert set(subjects) == set(KINDS)

    for kind, asked in subjects.items():
        path = _report(xinmai, desk, tmp_path, *asked, "--kind", kind, "--format", "json")["json"]
        content = json.loads(path.read_text("utf-8"))
        said = [one["number"] for section in content["sections"] for one in section["sentences"]]
        evidence = [row[0] for row in content["sections"][-1]["tables"][0]["rows"]]
        assert content["kind"] == kind
        assert said == evidence
        assert xinmai("report", "verify", path, workspace=desk).code == 0


def test_bidders_are_told_two_by_two_with_their_rows_and_who_was_not_found(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "bidders.csv"
    listed.write_text(f"投标人\n{FIRM}\n没有这家公司\n{SISTER}\n", "utf-8")

    path = _report(
        xinmai, desk, tmp_path, "--kind", "bidders", "--list", listed, "--format", "json"
    )
    content = json.loads(path["json"].read_text("utf-8"))

    titles = [one["title"] for one in content["sections"]]
    pair = content["sections"][titles.index(f"{FIRM}与{SISTER}")]
    assert titles[:4] == ["封面", "摘要", "名单", "关联矩阵"]
    assert "未命中" in str(content["sections"][2]["tables"])
    assert any("同一负责人" in one["text"] for one in pair["sentences"])
    assert all(".csv 第" in one["evidence"] for one in pair["sentences"])
    assert pair["pictures"]
    assert "是否串通投标须依法查证" in content["sections"][1]["sentences"][0]["text"]


def test_a_report_that_fits_no_subject_is_refused_in_one_line(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    for asked in (
        [FIRM, "--kind", "person"],
        [FIRM, "--kind", "monthly"],
        ["--kind", "group"],
        [FIRM, "--kind", "none"],
    ):
        ran = xinmai(
            "report", *asked, "--purpose", "招投标", "--out", tmp_path / "out", workspace=desk
        )
        assert ran.code == 2
        # What is being done is said before; why it came to nothing is one line, the last.
        *progress, refusal = ran.err.strip().splitlines()
        assert refusal.startswith("xinmai: "), ran.err
        assert not [one for one in progress if one.startswith(("xinmai", "Traceback"))], ran.err
    assert not (tmp_path / "out").exists()


def test_what_was_put_aside_and_is_not_in_the_snapshot_is_named(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    for language, words in (("zh", "不在快照"), ("en", "is not in snapshot")):
        asked = (FIRM, "--with", "nowhere", "--language", language, "--format", "json")
        content = json.loads(_report(xinmai, desk, tmp_path / language, *asked)["json"].read_text())
        said = [one["text"] for one in content["sections"][5]["sentences"]]
        assert any("nowhere" in one and words in one for one in said), said


def test_a_list_is_made_row_by_row_and_goes_on_after_a_stop(
    xinmai: Xinmai, desk: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        f"企业名称\n{FIRM}\n没有这家公司 110105194912310021\n{SISTER}\n{FIRM}\n", "utf-8"
    )
    out = tmp_path / "out"
    asked = (
        "report", "--list", listed, "--purpose", "招投标", "--as-of", AS_OF, "--format", "json",
        "--out", out, "--json",
    )  # fmt: skip

    first = xinmai(*asked, workspace=desk)
    made = {path: path.stat().st_mtime_ns for path in out.glob("XM-*")}
    # As a kill leaves it: the last line cut short, and no index yet.
    journal = out / "batch.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1][:20])
    (out / "index.html").unlink()
    again = xinmai(*asked, workspace=desk)

    states = [one["state"] for one in json.loads(first.out)]
    assert first.code == 1
    assert states == ["made", "skipped", "made", "made"]
    assert json.loads(again.out) == json.loads(first.out)
    assert "此前已出具而未重做 1" in again.err
    kept = [path for path, when in made.items() if path.stat().st_mtime_ns == when]
    assert len(kept) == len(made) // 2
    page = (out / "index.html").read_text("utf-8")
    assert all(path.name in page for path in made)
    assert (out / "index.xlsx").is_file()
    assert "没有这家公司 110105********0021" in page
    assert "110105194912310021" not in page
