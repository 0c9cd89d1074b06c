"""A list of firms looked up, and asked several queries each on the embedded store.

The same batch is asked one by one and by four sessions: what the engine makes of them decides how
many `xinmai query batch` opens.
"""

import argparse
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from app.bootstrap import Services, open_services
from app.checked import subjects_of
from app.checklist import check
from app.listing import read_text
from app.settings import read_settings
from benchmarks.measure import Figure, report, seconds
from graph.store.running import stop_engine
from loaders.world.write import write_world
from queries.batch import Batch, Item, for_subjects
from queries.batch_run import Terms, run_batch
from queries.manifest import Manifest

FIRMS = 500
ENTERPRISES = 20_000
SEED = 7
QUERIES = ("trace.records", "trace.guarantees", "ownership.holders")
SESSIONS = 4
DAY = date(2026, 11, 23)


def _said(_message: object) -> None:
    return None


def _house(folder: Path, enterprises: int) -> Services:
    write_world(enterprises, SEED, folder / "world", _said)
    house = open_services(read_settings({}, folder / "workspace"), create=True)
    house.load([folder / "world" / "files"], None, to_store=True, progress=_said)
    return house


def _names(house: Services, count: int) -> list[str]:
    """Return names evenly over the register, in its order."""
    nodes = house.loaded_snapshot().table("nodes").filter(pl.col("label") == "Enterprise")
    names = nodes.select("name").collect()["name"]
    return names.gather_every(max(1, len(names) // count)).head(count).to_list()


def _ask(house: Services, batch: Batch, out: Path, workers: int) -> Manifest:
    terms = Terms(limit=5_000, timeout=timedelta(seconds=20), workers=workers)
    return run_batch(house.reader(), batch, house.queries(), out, terms, _said)


def main() -> None:
    """Look the list up, with and without levels, and ask the queries in both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES)
    count = parser.parse_args().enterprises
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house = _house(folder, count)
        listing = read_text("企业名称\n" + "\n".join(_names(house, FIRMS)), "list")
        subjects, left_out = subjects_of(house, listing, DAY)
        params = {"as_of": DAY.isoformat()}
        known = {one.id: {item.name for item in one.params} for one in house.queries()}
        items = tuple(
            Item(one, one, None, params if "as_of" in known[one] else {}, one) for one in QUERIES
        )
        batch = for_subjects(Batch("benchmark", items), house.queries(), subjects, left_out)
        plain = seconds(check, house, listing, DAY)
        levels = seconds(check, house, listing, DAY, with_levels=True)
        _ask(house, batch, folder / "warm", 1)
        single = seconds(_ask, house, batch, folder / "single", 1)
        several = seconds(_ask, house, batch, folder / "several", SESSIONS)
        again = seconds(
            run_batch, house.reader(), batch, house.queries(), folder / "single",
            Terms(limit=5_000, timeout=timedelta(seconds=20), resume=True), _said,
        )  # fmt: skip
        house.close()
        stop_engine(folder / "workspace" / "graph")
    report(
        "batch",
        f"Batch, {len(listing.rows)} firms of {count:,} enterprises, embedded store",
        [
            Figure("list looked up", plain, "s", "≤ 30 s"),
            Figure("list looked up, with exposure levels", levels, "s", "≤ 30 s"),
            Figure("items: queries × firms", len(batch.items), "items"),
            Figure("batch, one session", single, "s", "≤ 30 s"),
            Figure(f"batch, {SESSIONS} sessions", several, "s"),
            Figure("one session / several", single / several, "×"),
            Figure("the same batch gone on with, all done", again, "s"),
        ],
    )


if __name__ == "__main__":
    main()
