"""All arrays of a snapshot, built from its tables once and opened memory-mapped ever after."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.snapshot import form
from graph.snapshot.carried import Carried
from graph.snapshot.derive import derived
from graph.snapshot.encode import AnyArray, groups_of, link_arrays, node_arrays, record_arrays
from graph.snapshot.numeric import IntArray

# Holders that conduct nothing (method.md 3): companies are not related because the state holds
# both, nor because one clearing house or custodian keeps the shares of both.
STATE, NOMINEE = 1, 2
_STATE_NAME = r"国资委|国有资产监督管理|国有资产管理委员会"
# 托管 alone is also what a day nursery does: a custodian names what it keeps.
_NOMINEE_NAME = (
    r"代理人|证券登记结算|中央结算|结算有限(责任)?公司|(资产|证券|股权|基金)托管|托管(专户|账户)"
    r"|NOMINEES?\b"
)
# A trust or another product is held for others; a trust company (信托有限公司) is a company.
_TRUST_NAME = r"信托计划|家族信托|集合信托|单一信托|资产管理计划|资管计划|理财产品|\bTRUST$"
_TRUST_FORM = r"(?i)^trust$|^信托$"
_HOME = ("CN", "CHN", "156", "中国", "中国大陆", "中华人民共和国", "CHINA")
_FOREIGN_FORM = (
    r"\b(LTD|LIMITED|INC|LLC|LLP|PLC|GMBH|AG|B\.?V\.?|N\.?V\.?|S\.?A\.?|PTE|CORP|CORPORATION|HOLDINGS?|FUND)"
    r"\b\.?"
)
# Whose counterparties make a hub: services, professionals, shared attributes.
HUB_TYPES = (
    "SERVES",
    "PRACTISES_AT",
    form.SIGNS_FOR,
    "HAS_ADDRESS",
    "HAS_PHONE",
    "HAS_EMAIL",
)
# The columns of each table that the arrays are made of, and of the table what is counted.
NEEDED: Mapping[str, Sequence[str]] = {
    "nodes": (
        "uid", "label", "name", "signed_on", "enterprise_type", "country", "uscc",
        "document_number",
    ),
    "links": (
        "key", "type", "source", "target", "kind", "valid_from", "valid_to", "share", "share_min",
        "share_max", "votes", "partner_kind", "acting_group", "p", "post",
    ),
    "records": (
        "uid", "subject", "class", "severity", "status", "positive", "act_on", "decided_on",
        "effective_on", "published_until", "ended_on", "strength", "engagement",
    ),
    "mentions": ("record_id", "own_uid", "uid"),
    "conflicts": ("uid",),
}  # fmt: skip
# The arrays that are a first column: its values as bytes, sorted as the table is.
FIRSTS = {
    "uids": ("nodes", "uid"),
    "link_keys": ("links", "key"),
    "record_uid": ("records", "uid"),
    "said_id": ("mentions", "record_id"),
    "conflict_uid": ("conflicts", "uid"),
}
# The one of the table that comes last where all is made anew.
_LAST = "link_keys"
# Returns a column of a table as bytes, None where nobody has it so.
First = Callable[[str, str], AnyArray | None]
# A uid that a mention would have alone: a letter and 16 hex digits.
_UID_WIDTH = 17
# A row is less than 2^31 (int32 in the arrays): it and its owner fit one number.
_ROW_BITS = 32
_ROW = 2**_ROW_BITS - 1
# The value of a hex digit by its byte; 255 for any other.
_HEX = np.full(256, 255, np.uint8)
_HEX[48:58] = np.arange(10)
_HEX[97:103] = np.arange(10, 16)


def build_arrays(
    tables: Mapping[str, pl.DataFrame],
    known: Carried | None = None,
    first: First | None = None,
) -> dict[str, AnyArray]:
    """Return every array by name; `known` is what those of the snapshot before said already.

    `first` returns the first column of a table as bytes (FIRSTS) where somebody has it. A table is
    asked for when it is needed, links last or, with `known`, mentions: they may come later.

    A node is its row in `nodes`, sorted by uid. Link rows are those of `links` in order, then the
    derived ones. By node (n): node_label, node_party, node_flags (STATE, NOMINEE), node_stop
    (form.py), hub_degree, near, uids (UTF-8 bytes). CSR over link rows: out_start, out_link,
    in_start, in_link; over records: rec_start, rec_row; over mentions: men_start, men_row. By link
    row: link_* (`link_group` is a place in `group_code`, who acts in concert); by record row:
    record_*, record_cites. `via_*` see derive. `alias_uid`, `alias_node`: uids that mentions
    would have had alone, sorted. `said_id`, `said_row`: mention rows by record id, sorted.
    `link_keys`, `record_uid`, `conflict_uid`: the sorted first columns of their tables as bytes.
    """
    nodes, records = tables["nodes"], tables["records"]
    uids, size = nodes["uid"], nodes.height
    found = node_arrays(nodes) | record_arrays(records, uids, known)
    found["node_flags"] = _flags(nodes) if known is None else known.flags
    found["node_stop"] = _stops(nodes) if known is None else known.stop
    if known is not None:
        found["node_flags"][known.made] = _flags(nodes[known.made])
        found["node_stop"][known.made] = _stops(nodes[known.made])
    found["rec_start"], found["rec_row"] = _csr(found["record_subject"], size)
    found["record_cites"] = _cited(nodes, records)

    def add_mentions() -> None:
        mentions = tables["mentions"]
        holders = _holders(mentions, uids) if known is None else known.holder
        found.update(_mentioned(mentions, holders, size))

    def add_links() -> None:
        signed = nodes["signed_on"].cast(pl.Int32).fill_null(form.NO_DAY).to_numpy()
        links = tables["links"]
        found.update(derived(link_arrays(links, uids, known), signed))
        found["group_code"] = _bytes(groups_of(links))
        found["out_start"], found["out_link"] = _csr(found["link_source"], size)
        found["in_start"], found["in_link"] = _csr(found["link_target"], size)
        found["hub_degree"] = _degrees(found, size)
        found["near"] = _near(found, size)

    def add_first(name: str) -> None:
        table, column = FIRSTS[name]
        held = None if first is None else first(table, column)
        found[name] = _bytes(tables[table][column]) if held is None else held

    # What comes last: links where all is made anew, mentions where a snapshot is edited.
    firsts = [partial(add_first, name) for name in FIRSTS if name != _LAST]
    steps: list[Callable[[], None]] = [add_mentions, *firsts, add_links]
    if known is not None:
        steps.reverse()
    for step in steps:
        step()
    add_first(_LAST)
    return found


def _flags(nodes: pl.DataFrame) -> NDArray[np.uint8]:
    name = pl.col("name").fill_null("")
    state = (pl.col("label") == "Organ") | name.str.contains(_STATE_NAME)
    nominee = name.str.to_uppercase().str.contains(_NOMINEE_NAME)
    flags = state.cast(pl.UInt8) * STATE + nominee.cast(pl.UInt8) * NOMINEE
    return nodes.select(flags.cast(pl.UInt8).alias("flags")).to_series().to_numpy()


def _stops(nodes: pl.DataFrame) -> NDArray[np.uint8]:
    """Return why a search for owners ends at a node; the law's 境外 includes 港澳台."""
    name = pl.col("name").fill_null("")
    form_of = pl.col("enterprise_type").fill_null("")
    home = pl.col("country").is_null() | pl.col("country").str.to_uppercase().is_in(_HOME)
    # A company whose name has no Chinese character is registered elsewhere.
    latin = (
        (pl.col("label") != "Person")
        & pl.col("uscc").is_null()
        & name.str.contains(r"\p{Latin}{2}")
        & ~name.str.contains(r"\p{Han}")
        & pl.col("country").is_null()
        & name.str.to_uppercase().str.contains(_FOREIGN_FORM)
    )
    unknown = pl.col("label") == "UnknownHolder"
    stop = (
        pl.when(unknown)
        .then(form.UNKNOWN_HOLDER)
        .when(name.str.contains(_TRUST_NAME) | form_of.str.contains(_TRUST_FORM))
        .then(form.TRUST)
        .when(~home | latin)
        .then(form.FOREIGN)
        .otherwise(form.PASSES)
    )
    return nodes.select(stop.cast(pl.UInt8).alias("stop")).to_series().to_numpy()


def _csr(owner: AnyArray, size: int) -> tuple[IntArray, NDArray[np.int32]]:
    """Return (starts (size + 1,), rows (m,)): rows of owner i are rows[starts[i]:starts[i + 1]]."""
    places = np.asarray(owner, np.int64)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(places, minlength=size), out=starts[1:])
    return starts, rows_by_owner(places)


def rows_by_owner(owner: IntArray) -> NDArray[np.int32]:
    """Return the rows (m,) of owner 0, then 1 …, each in order."""
    # As one number each: ten times as fast as an order that has to keep equals in place.
    both = np.sort((owner << _ROW_BITS) | np.arange(owner.size))
    rows: NDArray[np.int32] = (both & _ROW).astype(np.int32)
    return rows


def _degrees(links: Mapping[str, AnyArray], size: int) -> NDArray[np.int32]:
    codes = [form.TYPES.index(name) for name in HUB_TYPES]
    rows = np.isin(links["link_type"], codes)
    one = np.asarray(links["link_source"], np.int64)[rows]
    two = np.asarray(links["link_target"], np.int64)[rows]
    # In order first: numpy's own hashes them, which takes three times as long.
    pairs = np.sort(np.minimum(one, two) * size + np.maximum(one, two))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    low, high = np.divmod(pairs, max(size, 1))
    degrees = np.bincount(low, minlength=size) + np.bincount(high, minlength=size)
    return degrees.astype(np.int32)


def _cited(nodes: pl.DataFrame, records: pl.DataFrame) -> NDArray[np.int32]:
    """Return the engagement node that each record names by document number, or UNKNOWN."""
    works = nodes.select("document_number").with_row_index("place")
    works = works.filter(pl.col("document_number").is_not_null())
    works = works.unique("document_number", keep="first", maintain_order=True)
    joined = records.select(pl.col("engagement").alias("document_number")).join(
        works, on="document_number", how="left", maintain_order="left"
    )
    return joined["place"].cast(pl.Int32).fill_null(form.UNKNOWN).to_numpy()


def _near(found: Mapping[str, AnyArray], size: int) -> NDArray[np.uint8]:
    conducting = np.array([name in form.CONDUCTING for name in form.TYPES])
    conducts = conducting[found["link_type"]] | (np.asarray(found["link_p"]) != form.UNKNOWN)
    negative = ~np.asarray(found["record_positive"], np.bool_)
    near = np.full(size, form.FAR, np.uint8)
    begin = np.unique(np.asarray(found["record_subject"])[negative]).astype(np.int64)
    near[begin] = 0
    spread(
        near,
        begin,
        np.asarray(found["out_start"], np.int64),
        np.asarray(found["out_link"], np.int32),
        np.asarray(found["in_start"], np.int64),
        np.asarray(found["in_link"], np.int32),
        np.asarray(found["link_source"], np.int32),
        np.asarray(found["link_target"], np.int32),
        conducts,
    )
    return near


def spread(  # noqa: PLR0913, PLR0917 - arrays by name
    near: NDArray[np.uint8],
    ring: IntArray,
    out_start: IntArray,
    out_link: NDArray[np.int32],
    in_start: IntArray,
    in_link: NDArray[np.int32],
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    conducts: NDArray[np.bool_],
) -> None:
    """Fill `near` (n,) with the least number of conducting links from `ring`, direction ignored.

    Nodes of the ring have 0 there, all others form.FAR, which they keep where they are farther.
    """
    for distance in range(1, form.FAR):
        rows, back = _listed(ring, out_start, out_link), _listed(ring, in_start, in_link)
        beyond = np.concatenate([target[rows[conducts[rows]]], source[back[conducts[back]]]])
        beyond = beyond[near[beyond] > distance]
        if not beyond.size:
            return
        near[beyond] = distance
        ring = np.flatnonzero(near == distance)


def _listed(nodes: IntArray, starts: IntArray, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the rows of nodes, those of one after the other."""
    first = starts[nodes]
    counts = starts[nodes + 1] - first
    skipped = np.cumsum(counts) - counts
    found: NDArray[np.int32] = rows[np.repeat(first - skipped, counts) + np.arange(counts.sum())]
    return found


def _bytes(texts: pl.Series) -> AnyArray:
    """Return texts as fixed-width UTF-8 bytes, (n,) S; sorted texts stay sorted."""
    lengths = texts.str.len_bytes()
    width = max(int(lengths.max() or 1), 1)  # type: ignore[arg-type]
    if len(texts) and lengths.min() == width:
        # Equally long texts lie in memory as the array would have them.
        held = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        data = held.buffers()[2]
        return np.frombuffer(data, f"S{width}", len(texts), held.offset * width).copy()
    return np.array([text.encode() for text in texts], dtype=f"S{width}")


def _holders(mentions: pl.DataFrame, uids: pl.Series) -> NDArray[np.int32]:
    """Return the node of each mention, -1 for none."""
    index = pl.DataFrame({"uid": uids, "place": np.arange(len(uids), dtype=np.int32)})
    placed = mentions.select("uid").join(index, on="uid", how="left", maintain_order="left")
    holders: NDArray[np.int32] = placed["place"].fill_null(-1).to_numpy()
    return holders


def _mentioned(
    mentions: pl.DataFrame, holders: NDArray[np.int32], size: int
) -> dict[str, AnyArray]:
    placed = holders >= 0
    rows = np.flatnonzero(placed)
    starts, order = _csr(holders[placed], size)
    other = (mentions["own_uid"] != mentions["uid"]).fill_null(value=False).to_numpy()
    merged = other & placed
    aliases, first = _sorted_once(mentions["own_uid"].filter(pl.Series(merged)))
    # Mentions are in order by record id: `said_id` (FIRSTS) is how they lie.
    return {
        "men_start": starts,
        "men_row": rows.astype(np.int32)[order],
        "alias_uid": aliases,
        "alias_node": holders[merged][first],
        "said_row": np.arange(mentions.height, dtype=np.int32),
    }


def _sorted_once(texts: pl.Series) -> tuple[AnyArray, IntArray]:
    """Return texts as bytes in order, each once, and where the first of each stands."""
    held = _bytes(texts)
    numbers = _hex_numbers(held)
    if numbers is None:
        found, first = np.unique(held, return_index=True)
        return found, first.astype(np.int64)
    # A hundred times as fast as to compare texts; equals in any order, three times as fast again.
    order = np.argsort(numbers)
    ordered = numbers[order]
    once = np.ones(order.size, np.bool_)
    once[1:] = ordered[1:] != ordered[:-1]
    first = np.minimum.reduceat(order, np.flatnonzero(once))
    return held[first], first


def _hex_numbers(held: AnyArray) -> NDArray[np.uint64] | None:
    """Return the number in texts of one letter and 16 hex digits (own uids); None for others.

    They are in the order of their texts.
    """
    width = held.dtype.itemsize
    if width != _UID_WIDTH or not held.size:
        return None
    letters = held.view(np.uint8).reshape(-1, width)
    digits = _HEX[letters[:, 1:]]
    if letters[:, 0].min() != letters[:, 0].max() or digits.max() > 15:  # noqa: PLR2004 - no digit
        return None
    pairs = np.ascontiguousarray((digits[:, 0::2] << 4) | digits[:, 1::2])
    return pairs.view(">u8").ravel().astype(np.uint64)
