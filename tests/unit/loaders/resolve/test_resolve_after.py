"""Resolution that goes on from what is known finds what resolution of everything finds."""

from datetime import date

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from loaders.resolve.clusters import clusters
from loaders.resolve.increment import resolve_after
from loaders.resolve.judgements import DECISIONS, Judgement
from loaders.resolve.known import KNOWN, Known, known
from loaders.resolve.mentions import COLUMNS, Mentions, own_uids

# Few values of each kind, so that mentions meet by every rule, and by one against another.
CODES = [None, "914403001000000011", "914403002000000022", "914403003000000033"]
ORGANISATION_CODES = [None, "100000001", "200000002", "300000003"]
NUMBERS = [None, None, "440300000000001", "440300000000002"]
FIRMS = [
    None, "深圳市甲乙丙科技有限公司", "深圳甲乙丙科技有限责任公司", "甲乙丙科技",
    "广州市丁戊贸易有限公司", "深圳市甲乙丙科技有限公司广州分公司",
]  # fmt: skip
PEOPLE = ["张伟", "李娜", "欧阳建国"]
ROWS = {"record_id": pl.String}
IDENTITIES = [None, None, "h1", "h2", "h3", "h4"]

firm = st.fixed_dictionaries({
    "uscc": st.sampled_from(CODES), "old_uscc": st.sampled_from([None, None, *CODES]),
    "org_code": st.sampled_from(ORGANISATION_CODES), "name": st.sampled_from(FIRMS),
    "registration_number": st.sampled_from(NUMBERS), "licence_number": st.sampled_from(NUMBERS),
    "former": st.sampled_from([None, *FIRMS]), "intermediary": st.booleans(),
})  # fmt: skip
person = st.fixed_dictionaries({
    "name": st.sampled_from(PEOPLE), "id_hash": st.sampled_from(IDENTITIES),
    "licence_number": st.sampled_from(NUMBERS),
})  # fmt: skip
# A record names a firm, and a person by it or nobody; the day says which is the older one.
record = st.tuples(firm, st.none() | person, st.integers(1, 9))
# Parties that say the same again and again, as departments' files do, or each something else.
few = st.tuples(
    st.lists(firm, min_size=1, max_size=3), st.none() | st.lists(person, min_size=1, max_size=3)
)
repeated = few.flatmap(lambda both: st.lists(
    st.tuples(
        st.sampled_from(both[0]), st.none() | (st.sampled_from(both[1]) if both[1] else person),
        st.integers(1, 9),
    ),
    min_size=1, max_size=14,
))  # fmt: skip
records = repeated | st.lists(record, min_size=1, max_size=14)
BARE = dict.fromkeys(
    ("uscc", "old_uscc", "org_code", "name", "registration_number", "licence_number", "former")
)
# Two codes whose former codes are a third: a party of two codes, which is taken apart.
TAKEN_APART = [
    (BARE | {"uscc": code, "old_uscc": former, "intermediary": False}, None, 1)
    for code, former in ((CODES[1], CODES[2]), (CODES[1], CODES[3]), (CODES[2], None),
                         (CODES[3], CODES[1]))
]  # fmt: skip


def mentions_of(said: list[tuple[int, tuple]]) -> Mentions:  # type: ignore[type-arg]
    rows = []
    for at, (number, (one, who, day)) in enumerate(said):
        base = {
            "resource": "r",
            "at": at,
            "record_id": f"{number:032d}",
            "seen_on": date(2024, 1, day),
        }
        former = {"name_key": one["name"], "former_key": one["former"]}
        rows.append(base | one | former | {"role": "firm", "person": False})
        if who:
            named = {"name_key": who["name"], "anchor": "firm", "intermediary": False}
            rows.append(base | who | named | {"role": "who", "person": True})
    frame = pl.DataFrame(rows, schema={**COLUMNS, "former": pl.String}).select(list(COLUMNS))
    owned = [
        own_uids(frame["record_id"].gather([n]), role)[0] for n, role in enumerate(frame["role"])
    ]
    frame = frame.with_columns(pl.Series("own_uid", owned, pl.String))
    return Mentions(
        frame, {"r": pl.DataFrame({"record_id": [f"{n:032d}" for n, _ in said]}, schema=ROWS)}
    )


def ordered(found: Known) -> pl.DataFrame:
    columns = [name for name in KNOWN if name != "at"]
    return found.frame.select(columns).sort("record_id", "role")


def judgements(uids: list[str], picks: list[tuple[int, int, str]]) -> list[Judgement]:
    pairs = {(uids[a % len(uids)], uids[b % len(uids)], decision) for a, b, decision in picks}
    return sorted((Judgement(*one) for one in pairs if one[0] != one[1]), key=str)


picked = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(DECISIONS)), max_size=3
)


@given(said=records, cut=st.integers(0, 14), before=picked, after=picked)
@example(said=TAKEN_APART, cut=0, before=[], after=[])
def test_going_on_finds_what_looking_at_everything_finds(
    said: list[tuple],
    cut: int,
    before: list[tuple[int, int, str]],
    after: list[tuple[int, int, str]],  # type: ignore[type-arg]
) -> None:
    numbered = list(enumerate(said))
    first, more, whole = (mentions_of(part) for part in (numbered[:cut], numbered[cut:], numbered))
    uids = whole.frame["own_uid"].to_list()
    then, now = judgements(uids, before), judgements(uids, after)

    start = known(first, clusters(first, then), then)
    found = resolve_after(start, more, now)

    expected = known(whole, clusters(whole, now), now)
    assert ordered(found.known).equals(ordered(expected))
    assert set(found.known.vetoed) == set(expected.vetoed)


@given(said=records, cut=st.integers(1, 14))
def test_what_changed_is_told_with_what_it_was(said: list[tuple], cut: int) -> None:  # type: ignore[type-arg]
    numbered = list(enumerate(said))
    first, more = mentions_of(numbered[:cut]), mentions_of(numbered[cut:])
    start = known(first, clusters(first), ())

    found = resolve_after(start, more, ())

    place = ["record_id", "role"]
    now = found.known.frame.join(start.frame, on=place, how="left", suffix="_was")
    other = now.filter(
        pl.col("uid").ne_missing(pl.col("uid_was")) | pl.col("rule").ne_missing(pl.col("rule_was"))
    )
    assert set(found.changed.select(place).iter_rows()) == set(other.select(place).iter_rows())
    assert set(found.was.select(place).iter_rows()) == set(
        other.filter(pl.col("uid_was").is_not_null()).select(place).iter_rows()
    )


def _firm(code: str | None, name: str) -> dict[str, object]:
    return BARE | {"uscc": code, "name": name, "intermediary": False}


# Each row is older than those before: the firm gets another uid with each, and stays who it is.
OLDER_AND_OLDER = [
    (_firm(CODES[1], str(FIRMS[1])), {"name": name, "id_hash": None, "licence_number": None}, day)
    for day, name in ((9, PEOPLE[0]), (8, PEOPLE[1]), (7, PEOPLE[0]), (6, PEOPLE[1]))
]


@given(said=records, one=st.integers(0, 14), other=st.integers(0, 14))
@example(said=OLDER_AND_OLDER, one=2, other=3)
def test_three_loads_find_what_one_finds(said: list[tuple], one: int, other: int) -> None:  # type: ignore[type-arg]
    numbered = list(enumerate(said))
    early, late = sorted((one, other))
    first, more, most = (
        mentions_of(part) for part in (numbered[:early], numbered[early:late], numbered[late:])
    )
    whole = mentions_of(numbered)

    middle = resolve_after(known(first, clusters(first), ()), more, ())
    found = resolve_after(middle.known, most, ())

    assert ordered(found.known).equals(ordered(known(whole, clusters(whole), ())))


def test_who_is_known_by_a_firm_with_another_uid_is_not_resolved_again() -> None:
    numbered = list(enumerate(OLDER_AND_OLDER))
    first = mentions_of(numbered[:1])
    start = known(first, clusters(first), ())
    nobody = {"name": PEOPLE[2], "id_hash": "h4", "licence_number": None}
    more = mentions_of([(9, (OLDER_AND_OLDER[0][0], nobody, 1))])

    found = resolve_after(start, more, ())

    was = start.frame.filter("person").row(0, named=True)
    now = found.known.frame.filter(pl.col("own_uid") == was["own_uid"]).row(0, named=True)
    assert (now["uid"], now["rule"]) == (was["uid"], was["rule"])
    assert now["organisation"] != was["organisation"]
    assert was["record_id"] not in found.changed.filter(role="who")["record_id"]
