"""HTML to PDF in a process of its own: its clock is the report's time of issue.

The layout library writes the time into font subsets; SOURCE_DATE_EPOCH makes it the same again.
"""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from graph.errors import ReportError

SECONDS = 180


def write_pdf(html: Path, pdf: Path, issued_at: datetime) -> None:
    """Write a PDF of an HTML file.

    Raises:
        ReportError: the layout library or one of its system parts fails.
    """
    environment = {"SOURCE_DATE_EPOCH": str(int(issued_at.timestamp())), "PATH": "/usr/bin:/bin"}
    try:
        subprocess.run(  # noqa: S603 - this module again, in a process of its own
            # Nothing of the folder where somebody stands is taken for a module.
            [sys.executable, "-P", "-m", "app.reports.pdf", str(html), str(pdf)],
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ReportError("PDF", str(pdf), f"could not be made: {' '.join(last)}") from error
    except subprocess.TimeoutExpired as error:
        raise ReportError("PDF", str(pdf), f"was not done in {SECONDS} s") from error


def main(arguments: list[str]) -> None:
    """Turn the first file into the second; nothing is fetched from anywhere."""
    from weasyprint import HTML  # noqa: PLC0415 - only this process needs it
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    page = Path(arguments[0]).read_text(encoding="utf-8")
    fetcher = URLFetcher(allowed_protocols=["data"])
    HTML(string=page, url_fetcher=fetcher).write_pdf(arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
