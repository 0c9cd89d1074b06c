"""Files shown as reports: what is made to fill a memory is not opened."""

import io
import zipfile

import pytest

from app.reports.reading import UNREADABLE, number_in, parts_of

PIECE, PIECES = b" " * 1_000_000, 101


def package(pieces: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("docProps/core.xml", "<c>XM-20261127-000001</c>")
        with made.open("word/document.xml", "w") as part:
            for _ in range(pieces):
                part.write(PIECE)
    return content.getvalue()


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_a_document_that_unpacks_to_fill_a_memory_is_not_opened(form: str) -> None:
    assert number_in(form, package(1)) == "XM-20261127-000001"
    assert number_in(form, package(PIECES)) is None
    assert parts_of(form, package(PIECES), ["一"]) == {UNREADABLE: ""}
