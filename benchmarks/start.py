"""How long the command line takes to answer, beside a bare interpreter and pip."""

import subprocess
import sys

from benchmarks.measure import XINMAI, Figure, median, report, seconds

RUNS = 15


def _took(*line: str) -> float:
    return seconds(subprocess.run, line, capture_output=True, check=True)


def main() -> None:
    """Take the commands in turn, so that a slow moment of the machine meets each of them."""
    lines = {
        "xinmai --help": (str(XINMAI), "--help"),
        "python -c pass": (sys.executable, "-c", "pass"),
        "pip --help": (sys.executable, "-m", "pip", "--help"),
    }
    times: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(RUNS):
        for name, line in lines.items():
            times[name].append(_took(*line))
    ratios = [a / b for a, b in zip(times["xinmai --help"], times["pip --help"], strict=True)]
    targets = {"xinmai --help": "≤ 0.4 s"}
    figures = [
        Figure(f"{name}, median of {RUNS}", median(took), "s", targets.get(name, ""))
        for name, took in times.items()
    ]
    report(
        "start",
        "Start of the command line",
        [*figures, Figure("xinmai / pip", median(ratios), "×")],
    )


if __name__ == "__main__":
    main()
