"""Hashes of text columns: stable through versions and machines, a column at a time."""

import atexit
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

try:
    # Python's own: on texts as short as these it takes half the time of OpenSSL's, which is that
    # of beginning.
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:  # a Python that was built without
    from hashlib import md5

if TYPE_CHECKING:
    import duckdb

# Between the parts of a hashed text: a character that no cleaned value holds.
SEPARATOR = "\x1f"
# Up to so many texts a loop is done before the engine of the other way has started.
_FEW = 20_000


def md5_hex(texts: pl.Series, digits: int = 32) -> pl.Series:
    """Return the first hex digits of the MD5 of each text.

    MD5 names things here; it secures nothing.
    """
    if len(texts) <= _FEW:
        return _in_a_loop(texts).bin.encode("hex").str.slice(0, digits)
    frame = pl.DataFrame({"text": texts})
    # A connection of its own: files are read in several threads.
    with _engine().cursor() as connection:
        asked = f"left(md5(text), {int(digits)}) AS id"
        found = connection.from_arrow(frame.to_arrow()).project(asked)
        return pl.DataFrame(pl.from_arrow(found.to_arrow_table()))["id"]


@cache
def _engine() -> "duckdb.DuckDBPyConnection":
    """Return the engine of many texts, started once: to start takes as long as 50,000 of them."""
    # Whoever hashes few texts, or none, needs neither its time nor its memory.
    import duckdb  # noqa: PLC0415 - as said

    # What is left of it when a process ends its binding tells of, line by line.
    atexit.register(_engine.cache_clear)
    return duckdb.connect()


def _in_a_loop(texts: pl.Series) -> pl.Series:
    values = texts.cast(pl.Binary).to_list()
    found = [
        None if value is None else md5(value, usedforsecurity=False).digest() for value in values
    ]
    return pl.Series("id", found, pl.Binary)


def md5_of(frame: pl.DataFrame, parts: Sequence[pl.Expr], digits: int = 32) -> pl.Series:
    """Return the first hex digits of the MD5 over the parts of each row."""
    text = frame.select(pl.concat_str(list(parts), separator=SEPARATOR).alias("text"))
    return md5_hex(text["text"], digits)
