"""Votes that a holder entrusts to another: shares here, votes there, both on one row."""

from pathlib import Path

import polars as pl

from loaders.flat.read import read_edges
from loaders.flat.same import KNOWN_LINKS
from loaders.project.flat import flat_links
from loaders.readers import read_table

KNOWN = pl.DataFrame({"uid": ["p", "q", "c"], "label": ["Person", "Person", "Enterprise"]})
NO_LINKS = pl.DataFrame(schema=KNOWN_LINKS)
HEADER = "source,target,type,share,partner_kind,entrusted_to\n"


def intake(folder: Path, text: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    path = folder / "edges.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    found = read_edges(read_table(path), KNOWN, NO_LINKS)
    return found.accepted, found.rejected


def test_the_trustee_has_the_votes_and_the_holder_the_shares(tmp_path: Path) -> None:
    accepted, rejected = intake(tmp_path, "p,c,HOLDS_SHARES,0.3,,q\nq,c,HOLDS_SHARES,0.2,,\n")
    assert rejected.is_empty()
    rows = accepted.with_columns(pl.lit("b").alias("batch"), pl.lit("edges.csv").alias("file"))
    links = flat_links({"flat_edges": rows}).sort("source", "share")
    assert links.select("source", "share", "votes", "entrusted_to", "entrusted_by").rows() == [
        ("p", 0.3, 0.0, "q", None),
        ("q", 0.0, 0.3, None, "p"),
        ("q", 0.2, None, None, None),
    ]
    holder, trustee, _ = links.rows(named=True)
    assert trustee["key"] == f"{holder['key']}:votes"
    assert trustee["records"] == holder["records"]


def test_unknown_trustees_and_partners_are_refused_with_the_rule(tmp_path: Path) -> None:
    _, rejected = intake(
        tmp_path,
        "p,c,HOLDS_SHARES,0.3,,nobody\np,c,HOLDS_SHARES,0.3,,p\np,c,HOLDS_SHARES,0.3,silent,\n"
        "q,c,HOLDS_SHARES,0.3,有限合伙人,\n",
    )
    assert rejected.select("行号", "列", "值").rows() == [
        (2, "entrusted_to", "nobody"),
        (3, "entrusted_to", "p"),
        (4, "partner_kind", "silent"),
    ]
