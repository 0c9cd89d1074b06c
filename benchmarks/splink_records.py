"""The records that Xinmai and its peer get alike: mentions of organisations with what rows say."""

from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import polars as pl

from graph.names.segments import segments
from loaders.resolve.mentions import Mentions

# What rows say of a party beside what Mentions hold: (resource, role) -> column -> column of rows.
SAID = {
    ("market_entity", "company"): {
        "representative": "v_representative",
        "region": "v_region",
        "address": "v_address",
        "phone": "v_phone",
    },
    ("legal_representative", "company"): {"representative": "v_person"},
    ("penalty", "subject"): {"representative": "v_representative"},
    ("penalty_2015", "subject"): {"representative": "v_representative", "region": "v_region"},
    ("tax_violation", "subject"): {"representative": "v_representative"},
    ("court_defaulter", "subject"): {"representative": "v_representative"},
}
# The region of its register in a credit code (GB 32100-2015).
_REGION = (2, 6)
# One byte a character: the most frequent have one of their own, the others share the rest.
_BYTES = [chr(code) for code in range(33, 127)]
_OWN = 60
# What people who clean names by hand leave out.
_LEFT_OUT = r"[省市区县()]|有限责任公司|股份有限公司|有限公司|公司"


def with_rows(found: Mentions) -> pl.DataFrame:
    """Return the mentions with what their rows say of a party beside (SAID), null for persons."""
    parts = [
        found.rows[resource]
        .with_row_index("at")
        .select(
            pl.lit(resource).alias("resource"),
            pl.lit(role).alias("role"),
            "at",
            *(pl.col(source).cast(pl.String).alias(column) for column, source in said.items()),
        )
        for (resource, role), said in SAID.items()
        if resource in found.rows
    ]
    said = pl.concat(parts, how="diagonal")
    return found.frame.join(said, on=["resource", "role", "at"], how="left", maintain_order="left")


def for_peer(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions of organisations with what Splink needs.

    That is `coded` (a byte a character), `loose` (without the words that people leave out), and the
    segments of the name.
    """
    frame = frame.filter(~pl.col("person"))
    loose = pl.col("name_key").str.replace_all(_LEFT_OUT, "")
    frame = frame.with_columns(
        pl.coalesce("region", pl.col("uscc").str.slice(*_REGION)).alias("region"),
        pl.when(loose != "").then(loose).alias("loose"),
    )
    names = frame["name_key"].unique().drop_nulls().sort()
    parts = [segments(name) for name in names]
    told = pl.DataFrame(
        {
            "name_key": names,
            "brand": [one.brand or None for one in parts],
            "place": [min(one.codes, default=None) for one in parts],
            "trade": [one.trade or None for one in parts],
            "form_class": [one.form_class or None for one in parts],
            "tail": [one.tail for one in parts],
        }
    )
    table = _bytes(names)
    coded = {"coded": "name_key", "coded_brand": "brand", "coded_trade": "trade"}
    told = told.with_columns(
        pl.Series(
            name,
            [text.translate(table) if text is not None else None for text in told[column]],
            pl.String,
        )
        for name, column in coded.items()
    )
    return frame.join(told, on="name_key", how="left", maintain_order="left")


def _bytes(names: Sequence[str] | pl.Series) -> dict[int, str]:
    ranked = Counter(char for name in names for char in name).most_common()
    ranked.sort(key=lambda counted: (-counted[1], counted[0]))
    shared = _BYTES[_OWN:]
    return {
        ord(char): _BYTES[place] if place < _OWN else shared[crc32(char.encode()) % len(shared)]
        for place, (char, _) in enumerate(ranked)
    }
