"""Code tables and dated rules, from the data files beside this module."""

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from graph.documents import read_shipped
from graph.errors import LoadError
from graph.schema.words import Text

FOLDER = Path(__file__).parent


@cache
def code_table(name: str) -> pl.DataFrame:
    """Return a code table, every column as text; its source stands in the file's first line.

    >>> code_table("intermediary_classes").height, code_table("person_classes").height
    (13, 19)
    """
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        raise LoadError("code table", name, "is not there")
    return pl.read_csv(path, comment_prefix="#", infer_schema=False)


@cache
def rules(name: str) -> dict[str, Any]:
    """Return dated rules as they stand in a YAML file."""
    path = FOLDER / f"{name}.yml"
    if not path.is_file():
        raise LoadError("rules", name, "are not there")
    content: dict[str, Any] = read_shipped(path)
    return content


def purposes() -> dict[str, str]:
    """Return what a report may be for: Chinese word to English word, in the table's order."""
    table = code_table("purposes")
    return dict(zip(table["zh"], table["en"], strict=True))


def department(code: str) -> Text:
    """Return what a department is called; one that the table does not know keeps its code.

    >>> department("tax").zh, department("harbour_office").zh
    ('税务', 'harbour_office')
    """
    table = code_table("departments").filter(code=code)
    return Text(table["zh"][0], table["en"][0]) if table.height else Text(code, code)
