"""Resources: which of them a file's headers belong to, and what is wrong with a new one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.errors import ResourceError
from loaders.catalogue.catalog import SHIPPED, Catalogue, check_entry, load_catalogue
from loaders.catalogue.resource import Resource

CATALOGUE = load_catalogue()
CODES = [item.code for item in CATALOGUE.resources()]


@pytest.mark.parametrize("code", CODES)
def test_each_resource_is_known_again_by_its_own_first_headers(code: str) -> None:
    resource = CATALOGUE.resource(code)
    headers = [column.headers[0] for column in resource.columns.values()]

    assert CATALOGUE.recognise(headers, f"{resource.title.zh}.csv").code == code


def test_headers_are_compared_without_spaces_stars_and_wide_brackets() -> None:
    headers = ["\ufeff企业名称*", " 统一社会 信用代码", "注册资本（万元）", "登记状态", "住所"]
    assert CATALOGUE.recognise(headers).code == "market_entity"


def test_unknown_headers_and_an_unknown_code_name_what_is_known() -> None:
    with pytest.raises(ResourceError, match="belong to no known resource"):
        CATALOGUE.recognise(["a", "b"])
    with pytest.raises(ResourceError, match="market_entity"):
        CATALOGUE.resource("nothing")


def test_two_that_fit_alike_are_told_apart_by_the_file_s_name_or_asked_for() -> None:
    one = CATALOGUE.resource("penalty")
    other = one.model_copy(update={"code": "my_penalty"})
    both = Catalogue({"penalty": one, "my_penalty": other})
    headers = [column.headers[0] for column in one.columns.values()]

    with pytest.raises(ResourceError, match="fit several resources"):
        both.recognise(headers, "x.csv")
    assert both.recognise(headers, "my_penalty-2026.csv").code == "my_penalty"


def test_a_site_s_own_entry_replaces_the_shipped_one(tmp_path: Path) -> None:
    entry = yaml.safe_load((SHIPPED / "penalty.yml").read_text("utf-8"))
    entry["title"] = {"zh": "本地处罚", "en": "Local penalties"}
    (tmp_path / "own.yml").write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")

    found = load_catalogue(tmp_path)

    assert found.resource("penalty").title.zh == "本地处罚"
    assert len(found.resources()) == len(CODES)


def _changed(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    entry: dict[str, Any] = yaml.safe_load((SHIPPED / "penalty.yml").read_text("utf-8"))
    return {**entry, **parts}


def _of_party(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    return _changed(parties={"subject": {"kind": "organisation", "name": "name", **parts}})


def _with_link(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    return _changed(links=[{"type": "REPRESENTS", "from": "subject", "to": "subject", **parts}])


def _with_record(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    return _changed(
        records=[{"subject": "subject", "class": "penalty", "key": ["number"], **parts}]
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ([1], "must be a mapping"),
        (_changed(surprise=1), "surprise"),
        (_changed(natural_key=["nobody"]), "nobody"),
        (_changed(date="nobody"), "nobody"),
        (_changed(parties={"subject": {"kind": "party", "name": "nobody"}}), "nobody"),
        (_changed(links=[{"type": "KNOWS", "from": "subject", "to": "subject"}]), "KNOWS"),
        (_changed(links=[{"type": "REPRESENTS", "from": "subject", "to": "nobody"}]), "nobody"),
        (
            _changed(records=[{"subject": "nobody", "class": "penalty", "key": ["number"]}]),
            "nobody",
        ),
        (_changed(columns={"name": {"headers": [], "kind": "name"}}), "headers"),
        (_of_party(properties={"colour": "basis"}), "colour"),
        (_of_party(properties={"sex": "basis"}), "sex"),
        (_of_party(constants={"exposure": 0.5}), "exposure"),
        (_of_party(properties={"established_on": "basis"}), "of kind date"),
        (_of_party(identifiers={"stock": "number"}), "stock"),
        (_of_party(identifiers={"id_number": "number"}), "of kind id_number"),
        (_of_party(roles=["Auditor"]), "roles"),
        (_of_party(label="Enterprise"), "label"),
        (_changed(nodes={"n": {"label": "House", "key": ["name"], "name": "name"}}), "House"),
        (_with_link(carries={"share": "basis"}), "'share'"),
        (_with_record(values={"court": "basis"}), "court"),
    ],
)
def test_a_wrong_entry_is_refused_naming_what_is_wrong(
    tmp_path: Path, entry: object, said: str
) -> None:
    path = tmp_path / "new.yml"
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")

    with pytest.raises(ResourceError, match=said) as refused:
        check_entry(path)
    assert "new.yml" in str(refused.value)


def test_an_entry_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "new.yml"
    with pytest.raises(ResourceError, match="cannot be read"):
        check_entry(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResourceError, match="cannot be read"):
        check_entry(path)


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000])
def test_an_entry_without_end_is_refused_and_ends_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.yml"
    path.write_text(text, "utf-8")

    with pytest.raises(ResourceError, match="cannot be read"):
        check_entry(path)


def test_every_shipped_entry_is_whole() -> None:
    entries = [check_entry(path) for path in SHIPPED.glob("*.yml")]
    assert all(isinstance(entry, Resource) and entry.columns for entry in entries)
    assert len(entries) >= 23
