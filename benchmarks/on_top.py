"""Who is who where one record in a hundred is new: from what lies on disk, beside all anew.

Both sides begin with files and end with what the next load goes on from. All anew: the whole
ledger, mentions, clusters, and what is told of them. On top: what the load before kept, the
batches that are new, and what follows from both. In a process that is set up as that of a load.
"""

import gc
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.measure import as_a_load, seconds
from loaders.catalogue.catalog import Catalogue
from loaders.fresh import new_rows, said_in
from loaders.inputs import Inputs
from loaders.ledger import Ledger
from loaders.resolve.clusters import clusters
from loaders.resolve.increment import resolve_after
from loaders.resolve.known import Known, known
from loaders.resolve.leads import COLUMNS, Leads
from loaders.resolve.mentions import mentions, mentions_of, statements
from loaders.resolve.profiles import PROFILE
from loaders.working import begin_aside, lay_aside, worked_beside

ROWS_APART = 100
# The quickest counts, of either side: other programs disturb both. They are taken by turns, so that
# a slow minute of the machine is one of both; the short one, which is over in a twentieth of the
# time, thrice a turn.
TURNS, SHORT = 5, 3
_NEW = "new"


@dataclass(frozen=True, slots=True)
class OnTop:
    """Seconds of both sides, and the records that were new."""

    all_anew: float
    on_top: float
    new: int


def on_top(workspace: Path) -> OnTop:
    """Return what both take in a loaded workspace."""
    return OnTop(**as_a_load("benchmarks.on_top", workspace))


def _measured(ledger: Ledger, catalogue: Catalogue, folder: Path) -> OnTop:
    """Return what both take; `folder` is for files of this alone."""
    cut = _with_new(ledger, folder / "ledger")
    inputs = Inputs(
        batches=sorted(one.batch for one in cut.batches()),
        catalogue="", key="", rules=0, judgements=[],
    )  # fmt: skip
    old = [name for name in inputs.batches if not name.endswith(_NEW)]
    rows = {code: statements(cut, code, old) for code in cut.resources()}
    before = mentions_of(rows, catalogue)
    nobody = Leads(pl.DataFrame(schema=COLUMNS), pl.DataFrame(schema=PROFILE), {})
    start = known(before, clusters(before), ())
    kept = inputs.model_copy(update={"batches": old})
    begin_aside(folder / "kept", "s", start)
    lay_aside(folder / "kept", "s", kept, start, nobody)()
    del before, start, rows

    def all_anew() -> Known:
        found = mentions(cut, catalogue)
        return known(found, clusters(found), ())

    now = set(inputs.batches)

    def after() -> int:
        begun = worked_beside(folder / "kept", inputs, lambda old: said_in(cut, now - old))
        assert begun is not None
        last, said = begun
        fresh = new_rows(said, last.known.rows)
        assert fresh is not None
        resolve_after(last.known, mentions_of(fresh, catalogue), ())
        return sum(part.height for part in fresh.values())

    new = after()
    whole, short = [], []
    for _ in range(TURNS):
        whole.append(_seconds(all_anew))
        short += [_seconds(after) for _ in range(SHORT)]
    shutil.rmtree(folder)
    return OnTop(min(whole), min(short), new)


def _seconds(work: Callable[[], object]) -> float:
    # What is left of the run before is no part of this one.
    gc.collect()
    return seconds(work)


def _with_new(ledger: Ledger, folder: Path) -> Ledger:
    """Return a ledger of the same rows in which one in a hundred stands in a batch of its own."""
    lines = []
    for batch in ledger.batches():
        frame = pl.read_parquet(ledger.folder / batch.resource / f"{batch.batch}.parquet")
        asked = frame["record_id"].unique().sort().gather_every(ROWS_APART)
        new = frame["record_id"].is_in(asked.implode())
        for part, name in ((frame.filter(~new), ""), (frame.filter(new), _NEW)):
            one = replace(batch, batch=batch.batch + name, file=batch.file + name)
            path = folder / batch.resource / f"{one.batch}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_parquet(path, compression="lz4", statistics=False)
            lines.append(json.dumps(asdict(one), ensure_ascii=False))
    (folder / "batches.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Ledger(folder)


def main() -> None:
    """Measure a workspace and print what was found as JSON."""
    # As the command line does (app/cli).
    gc.disable()
    workspace = Path(sys.argv[1])
    house = open_services(read_settings({}, workspace))
    print(json.dumps(asdict(_measured(house.ledger, house.catalogue, workspace / "on_top"))))


if __name__ == "__main__":
    main()
