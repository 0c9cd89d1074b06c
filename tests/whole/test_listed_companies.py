"""Real data through a site's own catalogue: 24,775 directorships of listed companies."""

import json
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import ROOT, Xinmai

DATA = ROOT.parent / "shared" / "data" / "listed_executives"
EXAMPLES = ROOT / "docs" / "examples"


def test_listed_companies_and_their_directors_are_loaded_and_no_name_merges_two(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    files = [DATA / "stock.csv", DATA / "executive_prep.csv"]
    if not all(path.is_file() for path in files):
        pytest.skip(f"public data is not there: {DATA}")
    workspace = tmp_path / "w"
    shutil.copytree(EXAMPLES, workspace / "catalogue")

    ran = xinmai("load", *files, "--no-publish", "--json", workspace=workspace)

    done = json.loads(ran.out)
    assert ran.code in (0, 1), ran.err
    assert {one["resource"]: one["read"] for one in done["files"]} == {
        "listed_company": 3_188,
        "listed_executive": 24_775,
    }
    assert done["rejected"] == sum(one["rejected"] for one in done["files"])
    assert done["read"] == done["written"] + done["rejected"]
    snapshot = open_services(read_settings({}, workspace)).loaded_snapshot()
    people = snapshot.table("nodes").filter(pl.col("label") == "Person").collect()
    # Nobody has a number here: a person of one name at two companies is two persons.
    named = Counter(people["name"])
    assert max(named.values()) > 1
    seats = snapshot.table("links").filter(pl.col("type") == "HOLDS_POST").collect()
    assert seats.group_by("source").agg(pl.col("target").n_unique())["target"].max() == 1
    # One name at two companies is at most a lead, and never one of a man and a woman, however
    # often both boards know the same colleagues.
    leads = snapshot.table("links").filter(pl.col("type") == "POSSIBLY_SAME").collect()
    sex = people.select("uid", "sex")
    ends = leads.join(sex, left_on="source", right_on="uid").join(
        sex, left_on="target", right_on="uid", suffix="_target"
    )
    assert ends.height > 0
    assert ends.filter(pl.col("sex") != pl.col("sex_target")).height == 0
