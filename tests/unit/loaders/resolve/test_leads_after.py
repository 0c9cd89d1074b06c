"""The law of loading on top: leads found after a load are those of everything, byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.catalogue.catalog import load_catalogue
from loaders.clean.names import name_key
from loaders.resolve.judgements import Judgement
from loaders.resolve.leads import leads, leads_after
from loaders.resolve.mentions import COLUMNS
from loaders.resolve.pairs import Statements

RESOURCES = load_catalogue().by_code
FIRMS = (
    "深圳市甲乙丙科技有限公司",
    "深圳市甲乙并科技有限公司",
    "广东甲乙丙科技有限公司",
    "广州市甲乙丙科技有限公司",
    "甲乙丙科技",
    "深圳市金穗贸易有限公司",
    "金穗贸易",
    "深圳市金岁贸易有限公司",
    "深圳市甲乙丙科技有限公司广州分公司",
)
PEOPLE = ("欧阳明", "王伟", "蕭敬腾", "肖敬腾", "陈志伟")
CODES = (None, None, "91440300192203821X", "91440101190350368B", "914403001922038216")
NUMBERS = (None, None, "h1", "h2")
MASKS = (None, "440106********1234", "4401061980****1234", "440106********9999")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one of two resources: an organisation and somebody known by it."""

    resource: str
    firm: str
    code: str | None
    number: str | None
    phone: str | None
    person: str
    identity: str | None
    mask: str | None
    groups: tuple[int | None, int | None]


rows = st.builds(
    Row,
    resource=st.sampled_from(["market_entity", "market_entity", "legal_representative"]),
    firm=st.sampled_from(FIRMS),
    code=st.sampled_from(CODES),
    number=st.sampled_from([None, None, "1", "2"]),
    phone=st.sampled_from(["p1", "p1", "p1", None]),
    person=st.sampled_from(PEOPLE),
    identity=st.sampled_from(NUMBERS),
    mask=st.sampled_from(MASKS),
    groups=st.tuples(*[st.sampled_from([None, None, 0, 1])] * 2),
)


def stated(given_rows: Mapping[int, Row], *, joined: bool) -> Statements:
    """Return the mentions of rows; `joined` puts those of one group into one party."""
    mentions: list[dict[str, object]] = []
    tables: dict[str, list[dict[str, object]]] = {}
    for record, row in given_rows.items():
        table = tables.setdefault(row.resource, [])
        place = {"resource": row.resource, "at": len(table), "record_id": f"r{record:03}"}
        firm = {"role": "company", "name": row.firm, "uscc": row.code}
        register = row.resource == "market_entity"
        firm["registration_number"] = row.number if register else None
        mentions.append({**place, **firm, "person": False, "uid": uid(row, record, "f", joined)})
        if register:
            table.append({"record_id": place["record_id"], "v_phone": row.phone})
            continue
        told = {"role": "person", "name": row.person, "id_hash": row.identity, "anchor": "company"}
        mentions.append({**place, **told, "person": True, "uid": uid(row, record, "p", joined)})
        birth = 1980 if row.identity else None
        table.append({"v_id_number": row.identity, "v_id_number_mask": row.mask})
        table[-1] |= {"v_id_number_birth_year": birth, "v_id_number_sex": birth and "男"}
    schema = {**COLUMNS, "uid": pl.String}
    frame = pl.DataFrame([{name: one.get(name) for name in schema} for one in mentions], schema)
    frame = frame.with_columns(
        name_key(frame["name"]).alias("name_key"), pl.col("uid").alias("own_uid")
    )
    text = dict.fromkeys(("v_phone", "v_id_number", "v_id_number_mask"), pl.String)
    text |= {"v_id_number_sex": pl.String, "v_id_number_birth_year": pl.Int64}
    frames = {code: pl.DataFrame(table, schema_overrides=text) for code, table in tables.items()}
    return Statements(frame, frames, RESOURCES)


def uid(row: Row, record: int, kind: str, joined: bool) -> str:
    proof = row.code if kind == "f" else row.identity
    group = row.groups[kind == "p"]
    if proof is None and joined and group is not None:
        return f"{kind}{group}"
    return f"{kind}{proof or record}"


def touched(before: Statements, now: Statements) -> pl.Series:
    """Return the uids of parties whose mentions are others than before."""
    held: list[dict[str, frozenset[tuple[str, str]]]] = [
        {
            uid: frozenset(zip(records, roles, strict=True))
            for uid, records, roles in one.frame.group_by("uid")
            .agg("record_id", "role")
            .iter_rows()
        }
        for one in (before, now)
    ]
    changed = {uid for uid in {*held[0], *held[1]} if held[0].get(uid) != held[1].get(uid)}
    return pl.Series("uid", sorted(changed), dtype=pl.String)


@settings(deadline=None)
@given(
    every=st.lists(rows, min_size=8, max_size=24),
    late=st.sets(st.integers(0, 23), max_size=5),
    was_joined=st.booleans(),
    judged=st.sampled_from([(), (Judgement("f0", "f1", "different"),)]),
)
def test_what_is_found_on_top_is_what_is_found_in_everything(
    every: list[Row], late: set[int], was_joined: bool, judged: Sequence[Judgement]
) -> None:
    numbered = dict(enumerate(every))
    former = {number: row for number, row in numbered.items() if number not in late}
    before, now = stated(former, joined=was_joined), stated(numbered, joined=True)

    found = leads(before, judged, least=0)
    after = leads_after(now, judged, found, touched(before, now), least=0)

    whole = leads(now, judged, least=0)
    assert after.frame.equals(whole.frame)
    assert after.frame.to_dicts() == whole.frame.to_dicts()
    one, other = (found.profiles.sort("uid", "name_key") for found in (after, whole))
    assert one.equals(other)
