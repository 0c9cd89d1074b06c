"""A workspace that knew something on an earlier day, and more since."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.bootstrap import open_services
from app.settings import read_settings


def loaded_then_and_later(
    folder: Path, tables: Mapping[str, str], edges: tuple[str, str], day: date
) -> Path:
    """Return a workspace that knew the first edges on a day, and the second since today."""
    made = folder / "w"
    services = open_services(read_settings({}, made), create=True)
    for place, text in enumerate(edges):
        paths = {}
        for name, content in {**tables, "edges": text}.items():
            paths[name] = folder / f"{place}-{name}.csv"
            paths[name].write_text(content, "utf-8")
        services.take_graph(
            paths["nodes"], paths["edges"], paths["records"], to_store=False, progress=repr
        )
        if place == 0:
            manifest = made / "ledger" / "batches.jsonl"
            dated = re.sub(
                r'("loaded_at": ")[\d-]{10}', rf"\g<1>{day}", manifest.read_text("utf-8")
            )
            manifest.write_text(dated, "utf-8")
    services.close()
    return made
