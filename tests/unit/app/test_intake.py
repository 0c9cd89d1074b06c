"""Files handed over: recognised, previewed without writing, mapped, taken; rows followed."""

from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.intake import Handed, learn, nearest, preview, recognise, suggested
from app.lineage import line
from app.settings import read_settings
from graph.errors import LedgerError, ResourceError, UnreadableError
from tests.factory import take_in

HEADERS = "企业名称,统一社会信用代码,股东名称,持股比例(%),认缴出资日期"
FIRM = "深圳恒岭新材料有限公司,91440300013986040P"
GOOD = f"{HEADERS}\n{FIRM},张大三,60,2020-01-01\n{FIRM},李小四,140,2020-01-01\n"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return open_services(read_settings({}, tmp_path / "w"), create=True)


def handed(content: str, name: str = "股东.csv") -> Handed:
    return Handed(name, content.encode())


def load(services: Services, file: Handed, code: str | None = None) -> object:
    return take_in(services, [file], code)


def test_a_file_is_recognised_by_its_headers_and_nothing_is_written(services: Services) -> None:
    found = recognise(services, handed(GOOD))

    assert found.resource is not None
    assert found.resource.code == "shareholding"
    assert found.columns["share"] == "持股比例(%)"
    assert found.ready
    assert found.known is None
    assert services.ledger.batches() == ()
    assert not list(services.workspace.folder.glob(".incoming-*"))


def test_a_preview_says_what_would_be_rejected_and_why(services: Services) -> None:
    seen = preview(services, recognise(services, handed(GOOD)))

    assert (seen.read, seen.accepted) == (2, 1)
    assert seen.rows.row(0, named=True)["股东名称"] == "张大三"
    (bad,) = seen.rejected.rows(named=True)
    assert (bad["行号"], bad["列"], bad["值"]) == (3, "持股比例(%)", "140")
    assert seen.filled["share"] == 1
    assert services.ledger.batches() == ()


def test_a_truncated_file_is_refused_whole_by_the_name_it_bore(services: Services) -> None:
    cut = Handed("名册.xlsx", b"PK\x03\x04 cut short")

    with pytest.raises(UnreadableError, match="名册") as refused:
        recognise(services, cut)

    assert str(services.workspace.folder) not in str(refused.value)
    assert services.ledger.batches() == ()


def test_unknown_headers_are_mapped_once_and_known_from_then_on(services: Services) -> None:
    strange = GOOD.replace("企业名称", "公司全称").replace("股东名称", "股东名称及姓名")
    found = recognise(services, handed(strange))
    assert found.resource is None
    assert "belong to no known resource" in found.why
    assert nearest(services.catalogue, found.raw.headers)[0][0].code == "shareholding"

    named = recognise(services, handed(strange), "shareholding")
    assert set(named.missing) == {"company", "holder"}
    assert suggested(named) == {"公司全称": "company", "股东名称及姓名": "holder"}
    assert named.resource is not None
    learn(services, named.resource, suggested(named))

    again = recognise(services, handed(strange))
    assert again.resource is not None
    assert again.resource.code == "shareholding"
    assert again.ready
    written = (services.workspace.catalogue / "shareholding.yml").read_text(encoding="utf-8")
    assert "公司全称" in written
    # Nothing but headers has changed: the entry means what the shipped one means.
    kept = again.resource.model_dump(exclude={"columns"})
    assert kept == named.resource.model_dump(exclude={"columns"})


def test_what_is_learnt_goes_into_the_entry_that_the_site_has(services: Services) -> None:
    folder = services.workspace.catalogue
    first = learn(services, services.catalogue.resource("branch"), {"本地表头": "company"})
    (folder / "branch.yml").rename(folder / "own.yml")

    wider = learn(services, first, {"另一表头": "company"})

    assert [path.name for path in folder.glob("*.yml")] == ["own.yml"]
    assert {"本地表头", "另一表头"} <= set(wider.columns["company"].headers)


def test_two_headers_are_not_one_column(services: Services) -> None:
    resource = services.catalogue.resource("shareholding")

    with pytest.raises(ResourceError, match="two headers"):
        learn(services, resource, {"甲": "company", "乙": "company"})
    with pytest.raises(ResourceError, match="no column"):
        learn(services, resource, {"甲": "nothing"})


def test_the_same_file_twice_changes_nothing_and_is_said_so(services: Services) -> None:
    first = take_in(services, [handed(GOOD)])

    second = take_in(services, [handed(GOOD)])

    assert (first.files[0].loaded, first.files[0].rejected) == (1, 1)
    assert first.files[0].file == "股东.csv"
    assert second.files[0].again
    assert second.snapshot == first.snapshot
    known = recognise(services, handed(GOOD)).known
    assert known is not None
    assert known.batch == first.files[0].batch


def test_two_departments_may_name_their_files_alike(services: Services) -> None:
    other = GOOD.replace("张大三", "王五")

    done = take_in(services, [handed(GOOD), handed(other)])

    assert [one.loaded for one in done.files] == [1, 1]


def test_a_row_leads_to_its_parties_and_a_rejected_one_to_its_rule(services: Services) -> None:
    load(services, handed(GOOD))
    (batch,) = services.ledger.batches()

    good = line(services, batch, 2)

    assert dict(good.cells)["股东名称"] == "张大三"
    assert {one.name for one in good.parties} == {"张大三", "深圳恒岭新材料有限公司"}
    assert good.reports == ()
    bad = line(services, batch, 3)
    assert bad.parties == ()
    assert "percent" in bad.rejected
    assert dict(bad.cells)["股东名称"] == "李小四"
    with pytest.raises(LedgerError, match="no row of this file"):
        line(services, batch, 99)
