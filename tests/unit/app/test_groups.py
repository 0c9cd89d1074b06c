"""Groups by which parties are counted."""

import polars as pl
import pytest

from app.presenters.groups import section_title, title_of
from loaders.tables.read import code_table


def test_each_division_stands_in_the_section_that_the_code_list_names() -> None:
    told = code_table("industries").filter(pl.col("edition") == "2017")
    sections = code_table("industry_sections")
    divisions = told.join(sections, left_on="parent", right_on="section", suffix="_section")
    assert divisions["parent"].n_unique() == sections.height
    for row in divisions.iter_rows(named=True):
        assert section_title(row["code"]) == row["zh_section"], row["code"]
        assert section_title(row["code"], "en") == row["en"], row["code"]


@pytest.mark.parametrize(
    ("kind", "code", "zh", "en"),
    [
        ("industry", "C", "制造业", "Manufacturing"),
        ("industry", "not_stated", "未注明行业", "no industry stated"),
        ("size", "3", "注册资本 1,000 万元至 1 亿元", "capital of 10 to 100 million yuan"),
        ("province", "not_stated", "未注明地区", "no region stated"),
        # A region is called by its name; what is in no table keeps its code.
        ("region", "4401", "广州市", "广州市"),
        ("industry", "Z9", "Z9", "Z9"),
    ],
)
def test_a_group_is_called_in_either_language(kind: str, code: str, zh: str, en: str) -> None:
    assert (title_of(kind, code), title_of(kind, code, "en")) == (zh, en)
