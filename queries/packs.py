"""Queries handed from site to site: one ZIP, read whole and checked before anything is kept."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from graph.errors import QueryError
from queries.bundle import ZIP_DAY
from queries.card import Query
from queries.catalog import place_of
from queries.templates import checked_query, write_query

INDEX = "pack.json"
FORM = 1
# A query is some dozens of lines, a library some hundreds of them: more is no pack of queries.
MOST_BYTES = 65_536
MOST_QUERIES = 500
_ENDING = ".cypher"


def write_pack(queries: Sequence[Query], out: Path | IO[bytes]) -> None:
    """Write queries as a pack; the same queries are the same bytes.

    Raises:
        QueryError: there are none, or the file cannot be written.
    """
    if not queries:
        raise QueryError("pack", str(out), "must hold a query")
    ranked = sorted(queries, key=lambda one: one.id)
    texts = {f"{one.folder}/{one.id.partition('.')[2]}{_ENDING}": one.text for one in ranked}
    listed = [{"file": name, "sha256": _digest(text)} for name, text in texts.items()]
    index = json.dumps({"form": FORM, "queries": listed}, ensure_ascii=False, indent=1)
    try:
        with zipfile.ZipFile(out, "w") as pack:
            for name, text in {INDEX: index, **texts}.items():
                info = zipfile.ZipInfo(name, ZIP_DAY)
                info.compress_type = zipfile.ZIP_DEFLATED
                pack.writestr(info, text)
    except OSError as error:
        raise QueryError("pack", str(out), f"cannot be written: {error.strerror}") from error


def read_pack(pack: Path | IO[bytes]) -> list[Query]:
    """Return the queries of a pack, each checked as a site's own.

    Raises:
        QueryError: it is no pack; or one of its queries is refused, by file, line and rule.
    """
    try:
        with zipfile.ZipFile(pack) as archive:
            texts = _texts(archive)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        raise QueryError("pack", _name(pack), f"cannot be read: {error}") from error
    return [
        checked_query(name.removesuffix(_ENDING).replace("/", "."), text)
        for name, text in texts.items()
    ]


def take_pack(pack: Path | IO[bytes], folder: Path, *, replace: bool = False) -> list[Query]:
    """Keep the queries of a pack among a site's own, all or none, and return them.

    Raises:
        QueryError: as read_pack; or another of the same id says something else.
    """
    found = read_pack(pack)
    for query in found:
        path = place_of(query.id, folder)
        # What stands there may be broken, its encoding too.
        there = path.read_text("utf-8-sig", "replace") if path.is_file() else query.text
        if not replace and there != query.text:
            raise QueryError("query", query.id, "is there already and says something else")
    for query in found:
        write_query(query, folder)
    return found


def _texts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the queries' texts by file: what the index names, unchanged, and nothing else."""
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if INDEX not in sizes:
        raise QueryError("pack", INDEX, "is missing")
    if len(sizes) > MOST_QUERIES + 1:
        raise QueryError("pack", len(sizes), f"files are more than {MOST_QUERIES}")
    for name, size in sizes.items():
        if size > MOST_BYTES:
            raise QueryError(name, size, f"bytes are more than {MOST_BYTES}")
    hashes = _index(archive.read(INDEX))
    for odd in sorted(set(sizes) ^ {INDEX, *hashes}):
        rule = "is not named by the index" if odd in sizes else "is named and missing"
        raise QueryError("pack", odd, rule)
    texts = {name: archive.read(name).decode("utf-8") for name in hashes}
    for name, text in texts.items():
        if not name.endswith(_ENDING) or _digest(text) != hashes[name]:
            raise QueryError("pack", name, "is not the file that was packed")
    return texts


def _index(content: bytes) -> Mapping[str, str]:
    try:
        told: Any = json.loads(content)
        if told["form"] != FORM:
            raise QueryError("pack", told["form"], f"is another form than {FORM}")
        return {str(one["file"]): str(one["sha256"]) for one in told["queries"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise QueryError(INDEX, str(error), "breaks its form") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _name(pack: Path | IO[bytes]) -> str:
    return str(pack) if isinstance(pack, Path) else "upload"
