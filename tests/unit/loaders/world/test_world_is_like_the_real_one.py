"""The rates of domain.md 4.4 hold in the files that are written, measured against the truth."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from loaders.cells import ROW
from loaders.readers import read_table
from loaders.world.firms import make_firms
from loaders.world.noise import noisy_names
from loaders.world.write import write_world

SIZE, SEED = 8_000, 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("like-real")
    write_world(SIZE, SEED, out, lambda _: None)
    return out


def _said(folder: Path, file: str, role: str) -> pl.DataFrame:
    """Return the rows of a file about firms of the world, with the true name and code of each."""
    truth = pl.read_parquet(folder / "truth" / "rows.parquet")
    rows = truth.filter((pl.col("file") == file) & (pl.col("role") == role))
    firms = make_firms(np.random.default_rng(SEED), SIZE).select(
        pl.format("F{}", "firm").alias("entity"),
        pl.col("name").alias("true_name"),
        pl.col("uscc").alias("true_code"),
    )
    table = read_table(folder / "files" / file).frame
    return table.join(rows, left_on=ROW, right_on="row").join(firms, on="entity")


@pytest.mark.parametrize("rate", [0.08, 0.15, 0.25])
def test_so_many_names_are_written_otherwise_as_was_asked_for(rate: float) -> None:
    firms = make_firms(np.random.default_rng(1), 4_000)["name"]
    names = pl.concat([firms, pl.Series("name", ["张伟", "欧阳娜娜"] * 500)])

    written = noisy_names(np.random.default_rng(2), names, rate)

    assert (written != names).mean() == pytest.approx(rate, abs=0.02)


@pytest.mark.parametrize(
    ("file", "name", "rate"),
    [
        ("行政处罚_省.csv", "行政相对人名称", 0.08),
        ("失信被执行人.csv", "被执行人姓名/名称", 0.15),
        ("经营异常名录.xlsx", "企业名称", 0.25),
    ],
)
def test_each_source_writes_names_as_badly_as_it_is_known_to(
    folder: Path, file: str, name: str, rate: float
) -> None:
    said = _said(folder, file, "subject")

    # Three standard deviations of a rate among so many rows.
    room = 3 * (rate * (1 - rate) / said.height) ** 0.5
    assert (said[name] != said["true_name"]).mean() == pytest.approx(rate, abs=room)


@pytest.mark.parametrize(
    ("file", "role", "code", "rate"),
    [
        ("市场主体登记.csv", "company", "统一社会信用代码", 0.0),
        ("行政处罚_省.csv", "subject", "统一社会信用代码", 0.05),
        ("失信被执行人.csv", "subject", "身份证号码/组织机构代码", 0.40),
        ("中介业务.csv", "client", "委托方统一社会信用代码", 0.30),
    ],
)
def test_each_source_lacks_codes_as_often_as_it_is_known_to(
    folder: Path, file: str, role: str, code: str, rate: float
) -> None:
    said = _said(folder, file, role)

    nothing = said[code].is_null() | said[code].is_in(["无", "暂无"])
    room = 3 * (rate * (1 - rate) / said.height) ** 0.5
    assert nothing.mean() == pytest.approx(rate, abs=room)


def test_agents_share_one_address_and_phone_among_firms_of_one_city() -> None:
    firms = make_firms(np.random.default_rng(1), 40_000)

    clients = firms.filter(pl.col("address").str.contains("代办中心"))
    assert clients.height / firms.height == pytest.approx(0.3, abs=0.02)
    for column in ("address", "phone"):
        groups = clients.group_by(column).agg(pl.len(), pl.col("city").n_unique().alias("cities"))
        assert groups["cities"].max() == 1
        inside = groups.filter(pl.col("len").is_between(50, 500))["len"].sum()
        assert inside / clients.height > 0.9


def test_brands_and_names_of_shops_are_shared_as_registers_let_them() -> None:
    firms = make_firms(np.random.default_rng(1), 40_000)

    bearers = firms.group_by("name").agg(
        pl.len(), pl.col("region").n_unique().alias("districts"), pl.col("kind").unique()
    )
    several = bearers.filter(pl.col("len") > 1)
    assert several["kind"].to_list() == [["sole"]] * several.height
    assert (several["districts"] == several["len"]).all()
    shops = firms["kind"] == "sole"
    # Three in ten of those whose neighbour in the list is of another district.
    assert 0.15 < several["len"].sum() / shops.sum() < 0.3


def test_a_name_given_up_is_borne_by_a_younger_company_of_that_city_and_trade() -> None:
    firms = make_firms(np.random.default_rng(1), 40_000)

    keys = ["city", "scope", "kind"]
    given = firms.filter(pl.col("former").is_not_null())
    anew = firms.join(
        given.select(*keys, "former", "established"), left_on="name", right_on="former"
    )
    assert 0.1 < anew.height / given.height < 0.3
    for key in keys:
        assert (anew[key] == anew[f"{key}_right"]).all()
    assert (anew["established"] > anew["established_right"]).all()


def test_defaulters_hold_and_are_held_by_defaulters_far_more_often_than_others(
    folder: Path,
) -> None:
    truth = pl.read_parquet(folder / "truth" / "rows.parquet")
    bad = set(truth.filter(pl.col("file") == "失信被执行人.csv")["entity"]) - {""}
    bad = {one for one in bad if re.fullmatch(r"F\d+", one)}
    rows = truth.filter(pl.col("file") == "股东及出资.csv").pivot(
        "role", index="row", values="entity"
    )
    pairs = rows.filter(pl.col("holder").str.starts_with("F")).select("company", "holder").rows()
    both = pairs + [(two, one) for one, two in pairs]
    near = [two in bad for one, two in both if one in bad]

    lift = (sum(near) / len(near)) / (len(bad) / SIZE)
    # 10 to 17 times is what is known; so few pairs scatter around it.
    assert 5 < lift < 30
