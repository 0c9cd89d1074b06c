"""名单核查 kept: as JSON and back, and with what people said of rows that were theirs to say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from app.checklist import (
    SETTLED,
    STATES,
    Checked,
    House,
    Level,
    check,
    levels_of,
    reason_words,
    result_rows,
    unlike,
)
from app.desk.choices import Choice
from app.listing import Listing
from graph.analysis.batch import ASK, HIT, NONE, Found, Named
from graph.analysis.search import context_of
from graph.errors import DeskError, LoadError
from graph.identifiers import identity_card
from graph.schema.catalog import SCHEMA
from graph.schema.words import Text
from queries.batch import LeftOut, Subject

# The header under which a checked list names whom a row means.
_UID_HEADERS = ("uid", "实体编号")
_ROW, _SECONDS = Text("行", "Row"), Text("秒", "Seconds")
# What tells candidates of one name apart.
_TOLD = (
    "birth_year", "id_mask", "registration_number", "address", "representative_name", "state",
    "established_on",
)  # fmt: skip


def checked_to_json(done: Checked) -> dict[str, object]:
    """Return a checked list as the command line answers it."""
    rows = [
        {
            "row": number,
            "state": found.state,
            "uid": found.uid or None,
            "name": found.name or None,
            "reasons": list(found.reasons),
            "candidates": [asdict(one) for one in found.candidates],
            "same_as": None if found.first is None else done.listing.rows[found.first][0],
            "records": records,
            "level": None if exposed is None else exposed.level,
            "exposure": None if exposed is None else exposed.exposure,
            "seconds": round(took, 6),
        }
        for (number, _), found, records, exposed, took in zip(
            done.listing.rows, done.found, done.records, done.levels, done.took, strict=True
        )
    ]
    return {
        "rows": len(rows),
        "counts": done.counts,
        "seconds": round(done.seconds, 3),
        "snapshot": done.snapshot,
        "as_of": done.as_of.isoformat(),
        "with_levels": done.with_levels,
        "list": rows,
    }


def read_checked(listing: Listing, path: Path) -> Checked:
    """Return a checked list from the JSON of `checked_to_json` and the list that it answers.

    Raises:
        LoadError: the file is not there, or answers another list.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rows = told["list"]
        places = {number: place for place, (number, _) in enumerate(listing.rows)}
        if [row["row"] for row in rows] != list(places):
            raise LoadError("checked list", str(path), "answers another list")
        return Checked(
            listing,
            tuple(_found(row, places) for row in rows),
            tuple(row["records"] for row in rows),
            tuple(_level(row) for row in rows),
            tuple(row["seconds"] for row in rows),
            bool(told["with_levels"]),
            str(told["snapshot"]),
            date.fromisoformat(told["as_of"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LoadError("checked list", str(path), f"cannot be read: {error}") from error


def _found(row: Mapping[str, Any], places: Mapping[int, int]) -> Found:
    return Found(
        row["state"],
        tuple(row["reasons"]),
        row["uid"] or "",
        row["name"] or "",
        tuple(Named(**one) for one in row["candidates"]),
        None if row["same_as"] is None else places[row["same_as"]],
    )


def _level(row: Mapping[str, Any]) -> Level | None:
    return None if row["level"] is None else Level(row["level"], row["exposure"])


def settled(house: House, checked: Checked, choices: Mapping[int, Choice]) -> Checked:
    """Return a list with what people chose, by row number; whoever repeats a row follows it.

    Raises:
        DeskError: a party that was chosen is not in the current snapshot.
    """
    if not choices:
        return checked
    numbers = [number for number, _ in checked.listing.rows]
    found, records, levels = list(checked.found), list(checked.records), list(checked.levels)
    for place, one in enumerate(checked.found):
        asked = numbers[place if one.first is None else one.first]
        choice = choices.get(numbers[place]) or choices.get(asked)
        if one.state != ASK or choice is None:
            continue
        found[place], records[place], levels[place] = _chosen(house, checked, one, choice.uid)
    return replace(checked, found=tuple(found), records=tuple(records), levels=tuple(levels))


def _chosen(
    house: House, checked: Checked, one: Found, uid: str
) -> tuple[Found, int | None, Level | None]:
    reasons = (*one.reasons, SETTLED)
    if not uid:
        return Found(NONE, reasons, first=one.first), None, None
    snapshot = house.loaded_snapshot()
    if snapshot.find(uid) is None:
        raise DeskError("choice", uid, f"is not in snapshot {snapshot.id}")
    records = house.active_records([uid], checked.as_of).get(uid, 0)
    levels = levels_of(house, [uid], checked.as_of) if checked.with_levels else {}
    name = snapshot.node(uid).name
    return Found(HIT, reasons, uid, name, first=one.first), records, levels.get(uid)


def subjects_of(
    house: House, listing: Listing, as_of: date, language: str = "zh"
) -> tuple[list[Subject], list[LeftOut]]:
    """Return whom the rows of a list mean, each party once, and the rows that mean nobody known.

    A column of uids decides where it is filled: a list that was checked before may be given back.
    """
    snapshot = house.loaded_snapshot()
    place = next((listing.headers.index(one) for one in _UID_HEADERS if one in listing.headers), -1)
    done = check(house, listing, as_of)
    subjects: dict[str, Subject] = {}
    left_out = []
    for (number, cells), asked, found in zip(
        listing.rows, listing.asked(), done.found, strict=True
    ):
        given = cells[place].strip() if place >= 0 else ""
        uid = given if given and snapshot.find(given) is not None else found.uid
        if uid:
            subjects.setdefault(uid, Subject(number, uid, snapshot.node(uid).name))
        elif any(cell.strip() for cell in cells):
            between = "；" if language == "zh" else "; "
            reasons = between.join(one.to(language) for one in reason_words(found, asked))
            said = f"{STATES[found.state].to(language)} {reasons}".strip()
            named = identity_card.masked(asked.name or " ".join(asked.codes))
            left_out.append(LeftOut(number, named, said))
    return list(subjects.values()), left_out


def checked_rows(checked: Checked, language: str) -> list[dict[str, object]]:
    """Return the rows as a screen shows them: number, own cells, what they came to, seconds."""
    header, *rows = result_rows(checked, language)
    numbers = [number for number, _ in checked.listing.rows]
    # A list may have columns of these names: its own cells stay, and so do the numbers.
    number_of, seconds = unlike([_ROW.to(language), _SECONDS.to(language)], header, language)
    return [
        {number_of: number} | dict(zip(header, row, strict=True)) | {seconds: round(took, 4)}
        for number, row, took in zip(numbers, rows, checked.took, strict=True)
    ]


def candidate_rows(
    house: House, candidates: Sequence[Named], as_of: date, language: str
) -> list[dict[str, object]]:
    """Return candidates side by side: what the departments say of each, and its records."""
    snapshot = house.loaded_snapshot()
    known = [snapshot.node(one.uid) for one in candidates if snapshot.find(one.uid) is not None]
    records = house.active_records([node.uid for node in known], as_of)
    titles = {one.name: one.title for label in SCHEMA.nodes for one in label.properties}
    # A column that no candidate fills would hide those that tell them apart.
    told = [name for name in _TOLD if any(node.properties.get(name) for node in known)]
    return [
        {"名称": node.name, "类别": SCHEMA.node(node.label).title.to(language)}
        | {"代码或任职": context_of(snapshot, node.uid)}
        | {titles[name].to(language): str(node.properties.get(name) or "") for name in told}
        | {"有效失信记录": records.get(node.uid, 0), "编号": node.uid}
        for node in known
    ]
