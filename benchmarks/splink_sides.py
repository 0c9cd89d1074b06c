"""One side of the comparison with Splink in a process of its own: records in memory to clusters."""

import json
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

XINMAI, RAW, SEGMENTS = "xinmai", "raw", "segments"
_KILOBYTES = 2**20


def ours(folder: Path) -> float:
    """Resolve the mentions in `folder`, write (mention, uid), return the seconds."""
    from loaders.clean.names import name_key  # noqa: PLC0415 - Splink's process is without it
    from loaders.resolve.clusters import clusters  # noqa: PLC0415
    from loaders.resolve.mentions import COLUMNS, Mentions  # noqa: PLC0415

    columns = [name for name in COLUMNS if name != "name_key"]
    frame = pl.read_parquet(folder / "mentions.parquet", columns=["mention", *columns])
    mention, frame = frame["mention"], frame.drop("mention")
    started = time.perf_counter()
    frame = frame.with_columns(name_key(frame["name"]).alias("name_key"))
    found = clusters(Mentions(frame, {}))
    took = time.perf_counter() - started
    pl.DataFrame([mention, found.frame["uid"]]).write_parquet(folder / "uids.parquet")
    return took


def theirs(folder: Path, columns: str) -> tuple[float, float]:
    """Let Splink resolve them, write (mention, uid); return its seconds and F1 at less precision.

    The match weight is found in between by another process, in nobody's time and memory.
    """
    from benchmarks import splink_model  # noqa: PLC0415 - Xinmai's process is without it

    frame = pl.read_parquet(folder / "peer.parquet")
    started = time.perf_counter()
    trained = splink_model.linker(frame, columns)
    scored = splink_model.pairs(trained)
    took = time.perf_counter() - started
    splink_model.write_pairs(scored, folder / "pairs.parquet")
    line = [sys.executable, "-m", "benchmarks.splink_weights", str(folder)]
    weight, loose = json.loads(subprocess.run(line, capture_output=True, check=True).stdout)
    started = time.perf_counter()
    found = splink_model.clustered(trained, scored, weight)
    took += time.perf_counter() - started
    found.write_parquet(folder / "uids.parquet")
    return took, loose


def main() -> None:
    """Run SIDE on FOLDER; print seconds, peak memory in GB, and F1 at less precision or null."""
    side, folder = sys.argv[1], Path(sys.argv[2])
    took, loose = (ours(folder), None) if side == XINMAI else theirs(folder, side)
    print(json.dumps([took, _peak(), loose]))


def _peak() -> float:
    """Return the peak memory of this program in GB; rusage would begin with its parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    held = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(held.split()[1]) / _KILOBYTES


if __name__ == "__main__":
    main()
