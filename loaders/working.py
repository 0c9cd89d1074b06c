"""What the last load worked out, kept so that the next one goes on from it; it may be deleted."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import BaseModel

from loaders.resolve.increment import Known
from loaders.resolve.judgements import Judgement
from loaders.resolve.leads import Leads

_MENTIONS, _LEADS, _PROFILES = "mentions", "leads", "profiles"
_ROWS = "rows-"
_META = "meta.json"
_ASIDE = ".writing-"


class Inputs(BaseModel):
    """All that a snapshot is a function of: batches, catalogue, key, rules, judgements."""

    batches: list[str]
    catalogue: str
    key: str
    rules: int
    judgements: list[tuple[str, str, str]]


class _Meta(BaseModel):
    """What stands beside the tables; of another version of polars their numbers may be others."""

    inputs: Inputs
    polars: str = pl.__version__
    overused: dict[str, list[str]]
    judgements: list[Judgement]
    vetoed: list[Judgement]
    passed_over: dict[str, int]


@dataclass(frozen=True, slots=True)
class Worked:
    """What resolution knows after the load that made `snapshot` of `batches`."""

    snapshot: str
    batches: frozenset[str]
    known: Known
    leads: Leads


def keep(folder: Path, snapshot: str, inputs: Inputs, known: Known, leads: Leads) -> None:
    """Keep what a load worked out in place of what the one before did; whole or not at all.

    Nothing is lost where it cannot be written: the next load then looks at everything again.
    """
    aside, target = folder / f"{_ASIDE}{snapshot}", folder / snapshot
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for name, frame in _tables(known, leads).items():
            frame.write_ipc(aside / f"{name}.arrow", compression="uncompressed")
        meta = _Meta(
            inputs=inputs,
            overused={column: values.to_list() for column, values in known.overused.items()},
            judgements=list(known.judgements),
            vetoed=list(known.vetoed),
            passed_over=dict(leads.passed_over),
        )
        (aside / _META).write_text(meta.model_dump_json(), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        for other in folder.iterdir():
            if other != target:
                shutil.rmtree(other, ignore_errors=True)
    except (OSError, pl.exceptions.PolarsError):
        shutil.rmtree(aside, ignore_errors=True)


def _tables(known: Known, leads: Leads) -> Mapping[str, pl.DataFrame]:
    tables = {_MENTIONS: known.frame, _LEADS: leads.frame, _PROFILES: leads.profiles}
    return tables | {f"{_ROWS}{code}": rows for code, rows in known.rows.items()}


def worked(folder: Path, inputs: Inputs) -> Worked | None:
    """Return what the last load worked out, or None where nothing is there that fits `inputs`.

    Catalogue, key and rules must be the same, and every batch still be there. Judgements may
    differ: resolution compares them one by one.
    """
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            meta = _Meta.model_validate_json((path / _META).read_bytes())
            if _fits(meta, inputs):
                return _read(path, meta)
        except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
            # Half of it is gone or of another version: everything is looked at again.
            continue
    return None


def _fits(meta: _Meta, inputs: Inputs) -> bool:
    then = meta.inputs
    same = (then.catalogue, then.key, then.rules) == (inputs.catalogue, inputs.key, inputs.rules)
    return same and meta.polars == pl.__version__ and set(then.batches) <= set(inputs.batches)


def _read(path: Path, meta: _Meta) -> Worked:
    tables = {file.stem: pl.read_ipc(file) for file in path.glob("*.arrow")}
    known = Known(
        frame=tables[_MENTIONS],
        rows={
            name.removeprefix(_ROWS): frame
            for name, frame in sorted(tables.items())
            if name.startswith(_ROWS)
        },
        overused={
            column: pl.Series(column, values, pl.String) for column, values in meta.overused.items()
        },
        judgements=tuple(meta.judgements),
        vetoed=tuple(meta.vetoed),
    )
    found = Leads(tables[_LEADS], tables[_PROFILES], meta.passed_over)
    return Worked(path.name, frozenset(meta.inputs.batches), known, found)
