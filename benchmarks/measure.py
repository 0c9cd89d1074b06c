"""What every benchmark shares: the machine, times of whole commands, dated results, the page."""

import ctypes
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from app.settings import spare_memory

_NEARLY = 0.98
# Names of glibc's malloc.h: above which size memory is mapped anew, how much may stay free.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_MOST = 2**31 - 1
FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
PAGE = FOLDER / "RESULTS.md"
XINMAI = Path(sys.executable).with_name("xinmai")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `target` is what the project asks of it, in the same unit."""

    what: str
    value: float
    unit: str
    target: str = ""


def machine() -> str:
    """Return processors, memory and Python of this machine in a line."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}"


def seconds(work: Callable[..., object], *arguments: Any, **named: Any) -> float:  # noqa: ANN401
    """Return how long a call of `work` took, in seconds of the wall clock."""
    started = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - started


def command(*arguments: object, allowed: Sequence[int] = (0,)) -> float:
    """Run `xinmai` with `arguments` as a process of its own; return its seconds."""
    line = [str(XINMAI), *map(str, arguments)]
    started = time.perf_counter()
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(line)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return took


def as_a_load(module: str, workspace: Path) -> Any:  # noqa: ANN401 - as the module says
    """Return what `python -m module workspace` prints as JSON, in a process set up as a load's."""
    line = [sys.executable, "-m", module, str(workspace)]
    environment = dict(os.environ)
    spare_memory(environment, loading=True)
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def browser_path() -> str | None:
    """Return the browser that people use, else one without a window; None where there is none."""
    names = ("chromium", "google-chrome", "chromium-headless-shell")
    return next((found for name in names if (found := shutil.which(name))), None)


def keep_memory() -> bool:
    """Let this process use memory again that it has freed, whatever its size; say if it does.

    By itself glibc gives back arrays above 32 MB and keeps smaller ones: of two sizes of one graph
    the smaller is then timed in memory at hand, the larger in pages that the system has to clear.
    """
    try:
        change = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(change(_MMAP_THRESHOLD, _MOST) and change(_TRIM_THRESHOLD, _MOST))


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of `values` do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, round(percent / 100 * len(ranked)) - 1)]


def report(name: str, title: str, figures: Sequence[Figure]) -> None:
    """Print the figures, keep them as dated JSON and write the page of all results anew."""
    RESULTS.mkdir(exist_ok=True)
    found = {
        "title": title,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "command": f"python -m benchmarks.{name} {' '.join(sys.argv[1:])}".strip(),
        "figures": [asdict(figure) for figure in figures],
    }
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    for line in _lines(found):
        print(line)
    PAGE.write_text(_page(), encoding="utf-8")


def _page() -> str:
    lines = [
        "# Results",
        "",
        "Written by `make bench` from what each benchmark measured (results/*.json), nothing is",
        "typed by hand. A target is what the project asks; a dash says that nothing is asked.",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        lines += ["", *_lines(json.loads(path.read_text(encoding="utf-8")))]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    # Three figures are what a second run would confirm; counts are whole.
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    # Of a part near the whole it counts what is missing.
    return f"{value:.6f}" if _NEARLY < value < 1 else f"{value:.3g}"


def _lines(found: Mapping[str, object]) -> list[str]:
    figures = found["figures"]
    assert isinstance(figures, list)
    return [
        f"## {found['title']}",
        "",
        f"{found['date']}, {found['machine']}: `{found['command']}`",
        "",
        "| what | measured | target |",
        "|---|---:|---:|",
        *(
            f"| {one['what']} | {_number(one['value'])} {one['unit']} | {one['target'] or '–'} |"
            for one in figures
        ),
    ]
