"""Who is one party: files in, clusters out. A valid code joins and vetoes; a name never does."""

import csv
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from graph.identifiers import credit_code, organisation_code, registration_number

FIRM = "深圳市甲乙丙科技有限公司"
Row = dict[str, str]


def code_for(body: str, department: str = "91", region: str = "440300") -> str:
    """Return a valid credit code for eight characters of organisation code."""
    organisation = body + organisation_code.check_character(body)
    start = f"{department}{region}{organisation}"
    return start + credit_code.check_character(start)


A, B = code_for("MA5ABCD1"), code_for("MA5ABCD2")
NUMBER = "44030000000001"
NUMBER += registration_number.check_digit(NUMBER)


def uids(tmp_path: Path, files: dict[str, list[Row]]) -> dict[tuple[str, int, str], str]:
    """Load the files and return the uid of each mention by (file, row, role)."""
    folder = tmp_path / "files"
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        headers = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headers)
            writer.writeheader()
            writer.writerows(rows)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    done = house.load([folder], None, to_store=False, progress=lambda _: None)
    assert not [one.refused for one in done.files if one.refused]
    assert not sum(one.rejected for one in done.files)
    said = house.loaded_snapshot().table("mentions").select("file", "row", "role", "uid").collect()
    return {(file.removesuffix(".csv"), row, role): uid for file, row, role, uid in said.rows()}


def register(name: str, code: str = "", **more: str) -> Row:
    return {
        "企业名称": name, "统一社会信用代码": code, "注册号": "", "曾用名": "", "登记状态": "存续",
        "住所": "", **more,
    }  # fmt: skip


def penalty(name: str, code: str = "", number: str = "粤罚〔2024〕1号", **more: str) -> Row:
    return {
        "行政相对人名称": name, "统一社会信用代码": code, "工商注册号": "", "组织机构代码": "",
        "行政处罚决定书文号": number, "处罚类别": "罚款", "处罚决定日期": "2024-05-06",
        "处罚机关": "某局", **more,
    }  # fmt: skip


def test_one_code_is_one_party_under_two_names_and_two_codes_never(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A), register(FIRM, B)],
        "行政处罚": [penalty("深圳甲乙丙科技公司", A), penalty(FIRM, B, "粤罚〔2024〕2号")],
    })  # fmt: skip

    assert found["市场主体登记", 2, "company"] != found["市场主体登记", 3, "company"]
    assert found["行政处罚", 2, "subject"] == found["市场主体登记", 2, "company"]
    assert found["行政处罚", 3, "subject"] == found["市场主体登记", 3, "company"]


def test_the_organisation_code_inside_the_credit_code_joins(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A)],
        "行政处罚": [penalty("甲乙丙", 组织机构代码=A[8:17])],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] == found["市场主体登记", 2, "company"]


def test_two_rows_with_one_organisation_code_that_no_register_has_are_one(tmp_path: Path) -> None:
    one, two = "MA5ABCD3", "MA5ABCD4"
    found = uids(tmp_path, {
        "行政处罚": [
            penalty("甲乙丙厂", 组织机构代码=one + organisation_code.check_character(one)),
            penalty(
                "甲乙丙工厂", "", "粤罚〔2024〕2号",
                组织机构代码=one + organisation_code.check_character(one),
            ),
            penalty(
                "甲乙丙厂", "", "粤罚〔2024〕3号",
                组织机构代码=two + organisation_code.check_character(two),
            ),
        ],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] == found["行政处罚", 3, "subject"]
    assert found["行政处罚", 2, "subject"] != found["行政处罚", 4, "subject"]


@pytest.mark.parametrize(("name", "joins"), [("深圳甲乙丙公司", True), ("广州壬癸有限公司", False)])
def test_a_registration_number_joins_names_that_have_something_in_common(
    tmp_path: Path, name: str, joins: bool
) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A, 注册号=NUMBER)],
        "行政处罚": [penalty(name, 工商注册号=NUMBER)],
    })  # fmt: skip
    one = found["行政处罚", 2, "subject"] == found["市场主体登记", 2, "company"]
    assert one is joins


def test_a_number_that_no_register_vouches_for_joins_equal_names_alone(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "行政处罚": [
            penalty("甲乙丙厂", 工商注册号=NUMBER),
            penalty("甲乙丙厂", "", "粤罚〔2024〕2号", 工商注册号=NUMBER),
            penalty("壬癸店", "", "粤罚〔2024〕3号", 工商注册号=NUMBER),
        ],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] == found["行政处罚", 3, "subject"]
    assert found["行政处罚", 2, "subject"] != found["行政处罚", 4, "subject"]


@pytest.mark.parametrize(("second", "joins"), [(A, True), (B, False)])
def test_a_full_name_joins_where_exactly_one_registered_party_has_it(
    tmp_path: Path, second: str, joins: bool
) -> None:
    rows = [register(FIRM, A), register(FIRM if second == B else "另一家有限公司", B)]
    found = uids(tmp_path, {"市场主体登记": rows, "行政处罚": [penalty(FIRM)]})
    company = {found["市场主体登记", row, "company"] for row in (2, 3)}
    assert (found["行政处罚", 2, "subject"] in company) is joins


def test_a_short_name_joins_nobody(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register("甲乙丙", A)],
        "行政处罚": [penalty("甲乙丙", 组织机构代码="")],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] != found["市场主体登记", 2, "company"]


@pytest.mark.parametrize(
    ("written", "joins"),
    [
        ("深圳甲乙丙科技有限责任公司", True),
        ("深圳市甲乙丙科技股份有限公司", False),
        ("广州市甲乙丙科技有限公司", False),
        ("广东甲乙丙科技有限公司", False),
        ("甲乙丙科技有限公司", False),
        ("深圳市甲乙并科技有限公司", False),
        ("深圳甲乙丙科技有限公司广州分公司", False),
    ],
)
def test_a_name_whose_region_and_form_are_written_otherwise_is_the_same_name(
    tmp_path: Path, written: str, joins: bool
) -> None:
    found = uids(tmp_path, {"市场主体登记": [register(FIRM, A)], "行政处罚": [penalty(written)]})
    same = found["行政处罚", 2, "subject"] == found["市场主体登记", 2, "company"]
    assert same is joins


@pytest.mark.parametrize(
    ("name", "joins"),
    [
        ("中国某某银行股份有限公司", True),
        ("深圳市子丑寅贸易有限公司", True),
        ("子丑寅贸易有限公司", False),
        ("深圳市子丑寅贸易商行", False),
        ("深圳市子丑寅贸易有限公司广州分公司", False),
        (FIRM, False),
    ],
)
def test_a_company_s_name_with_its_region_is_given_once(
    tmp_path: Path, name: str, joins: bool
) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A), register(FIRM, B)],
        "行政处罚": [penalty(name, number=f"粤罚〔2024〕{turn}号") for turn in (1, 2)],
    })  # fmt: skip
    assert (found["行政处罚", 2, "subject"] == found["行政处罚", 3, "subject"]) is joins


def test_of_two_names_written_otherwise_none_is_chosen(tmp_path: Path) -> None:
    rows = [register(FIRM, A), register("深圳甲乙丙科技有限公司", B)]
    found = uids(tmp_path, {
        "市场主体登记": rows, "行政处罚": [penalty("深圳市甲乙丙科技有限责任公司")],
    })  # fmt: skip
    company = {found["市场主体登记", row, "company"] for row in (2, 3)}
    assert found["行政处罚", 2, "subject"] not in company


@pytest.mark.parametrize(("more", "joins"), [([], True), ([code_for("MA5ABCD3")], False)])
def test_of_firms_of_one_name_the_only_licensed_one_did_the_work(
    tmp_path: Path, more: list[str], joins: bool
) -> None:
    licences = [
        {"机构名称": FIRM, "统一社会信用代码": code, "中介类别": "会计", "执业证号": f"L{code}"}
        for code in [A, *more]
    ]
    work = {
        "文号": "审字〔2024〕1号", "中介机构名称": FIRM,
        "委托方名称": "某某商店", "签署日期": "2024-05-06",
    }  # fmt: skip
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A), register(FIRM, B)],
        "中介机构执业登记": licences,
        "中介业务": [work],
        "行政处罚": [penalty(FIRM)],
    })  # fmt: skip
    assert (found["中介业务", 2, "firm"] == found["市场主体登记", 2, "company"]) is joins
    assert found["行政处罚", 2, "subject"] != found["市场主体登记", 2, "company"]


@pytest.mark.parametrize(("own", "joins"), [("", True), (NUMBER, False)])
def test_a_number_nobody_has_yet_is_that_of_the_coded_party_of_its_name(
    tmp_path: Path, own: str, joins: bool
) -> None:
    other = "44030000000002"
    other += registration_number.check_digit(other)
    rows = [register(FIRM, A, 注册号=own), register(FIRM, 注册号=other)]
    found = uids(tmp_path, {"市场主体登记": rows})
    same = found["市场主体登记", 2, "company"] == found["市场主体登记", 3, "company"]
    assert same is joins


@pytest.mark.parametrize(
    ("name", "own", "joins"),
    [
        ("深圳甲乙丙科技有限责任公司", "", True),
        ("深圳甲乙丙科技有限责任公司", NUMBER, False),
        ("广州甲乙丙科技有限公司", "", False),
        ("甲乙丙科技有限公司", "", False),
    ],
)
def test_a_number_under_the_name_written_otherwise_is_that_of_the_coded_party(
    tmp_path: Path, name: str, own: str, joins: bool
) -> None:
    other = "44030000000002"
    other += registration_number.check_digit(other)
    rows = [register(FIRM, A, 注册号=own), register(name, 注册号=other), register(FIRM)]
    found = uids(tmp_path, {"市场主体登记": rows})
    first, second, third = (found["市场主体登记", row, "company"] for row in (2, 3, 4))
    assert (first == second) is joins
    # The full name is that of the one party in any case, or of nobody where there may be two.
    assert (first == third) is (joins or not name.startswith("深圳"))


def test_a_former_name_joins_a_record_under_it(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A, 曾用名="深圳丁戊己贸易有限公司")],
        "行政处罚": [penalty("深圳丁戊己贸易有限公司")],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] == found["市场主体登记", 2, "company"]


def test_a_branch_never_is_its_parent_even_under_the_parent_s_code(tmp_path: Path) -> None:
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A)],
        "行政处罚": [penalty(f"{FIRM}广州分公司", A)],
    })  # fmt: skip
    assert found["行政处罚", 2, "subject"] != found["市场主体登记", 2, "company"]


def test_a_code_under_too_many_names_joins_nobody(tmp_path: Path) -> None:
    names = [f"{letter}号商店" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"]
    rows = [penalty(name, A, f"粤罚〔2024〕{n}号") for n, name in enumerate(names, start=1)]

    found = uids(tmp_path, {"行政处罚": rows})

    assert len(set(found.values())) == len(names)


def person(name: str, company: str, code: str, number: str = "") -> Row:
    return {
        "企业名称": company, "统一社会信用代码": code, "姓名": name, "证件类型": "",
        "证件号码": number, "国籍": "中国", "任职起始日期": "2020-01-01", "任职截止日期": "",
    }  # fmt: skip


def staff(name: str, post: str, number: str) -> Row:
    company = {"企业名称": FIRM, "统一社会信用代码": A}
    return {**company, "姓名": name, "职务": post, "证件号码": number}


ID_ONE, ID_TWO = "11010519491231002X", "440524188001010014"


def test_persons_are_joined_by_number_or_inside_one_organisation_and_never_by_name(
    tmp_path: Path,
) -> None:
    second = "深圳市丁戊己贸易有限公司"
    found = uids(tmp_path, {
        "市场主体登记": [register(FIRM, A, 法定代表人="张三"), register(second, B)],
        "法定代表人": [
            person("张三", FIRM, A, ID_ONE),
            person("张三", second, B, ID_ONE),
            person("李四", FIRM, A),
            person("李四", second, B),
        ],
        "主要人员": [
            staff("李四", "监事", ""),
            staff("张三", "董事", ID_TWO),
        ],
    })  # fmt: skip

    people = {key: uid for key, uid in found.items() if key[2] == "person"}
    assert people["法定代表人", 2, "person"] == people["法定代表人", 3, "person"]
    assert people["法定代表人", 4, "person"] != people["法定代表人", 5, "person"]
    assert people["主要人员", 2, "person"] == people["法定代表人", 4, "person"]
    assert people["主要人员", 3, "person"] != people["法定代表人", 2, "person"]


def test_the_order_of_files_and_rows_plays_no_part(tmp_path: Path) -> None:
    rows = [register(FIRM, A), register("另一家有限公司", B)]
    fines = [penalty(FIRM), penalty("甲乙丙", B, "粤罚〔2024〕2号")]
    for place, (first, second) in enumerate([(rows, fines), (rows[::-1], fines[::-1])]):
        folder = tmp_path / str(place)
        folder.mkdir()
        found = uids(folder, {"市场主体登记": first, "行政处罚": second})
        groups = {
            uid: sorted(key[0] for key in found if found[key] == uid) for uid in found.values()
        }
        if place == 0:
            before = set(groups)
            shape = sorted(map(tuple, groups.values()))
        else:
            assert set(groups) == before
            assert sorted(map(tuple, groups.values())) == shape


def test_every_mention_says_the_rule_that_placed_it(tmp_path: Path) -> None:
    uids(tmp_path, {"市场主体登记": [register(FIRM, A)], "行政处罚": [penalty(FIRM)]})
    house = open_services(read_settings({}, tmp_path / "w"))
    rules = house.loaded_snapshot().table("mentions").select("file", "rule").collect()
    assert set(rules.rows()) == {("市场主体登记.csv", "credit_code"), ("行政处罚.csv", "full_name")}
