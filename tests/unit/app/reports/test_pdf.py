"""A PDF is laid out in a process of its own, wherever somebody stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.reports.pdf import write_pdf
from tests.conftest import traps


def test_no_file_of_the_folder_where_somebody_stands_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html, pdf = tmp_path / "one.html", tmp_path / "one.pdf"
    html.write_text("<p>报告</p>", "utf-8")
    traps(tmp_path)
    monkeypatch.chdir(tmp_path)

    write_pdf(html, pdf, datetime(2026, 11, 23, tzinfo=UTC))

    assert pdf.read_bytes().startswith(b"%PDF")
