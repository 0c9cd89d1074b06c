"""Workbooks and documents are archives: one that is made to fill a memory is not opened."""

import zipfile
from pathlib import Path
from typing import IO

# Spreadsheets pack their cells to a tenth or so; what is made to fill a memory packs to a
# thousandth. Below so many bytes, unpacked, it does no harm.
MOST_PACKED, _HARMLESS = 100, 100_000_000


def fills_memory(file: Path | IO[bytes], size: int) -> int | None:
    """Return to how many bytes an archive of this size unpacks where nobody writes such a one.

    Else None, also of what is no archive.
    """
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        whole = sum(one.file_size for one in archive.infolist())
    return whole if whole > max(_HARMLESS, MOST_PACKED * size) else None
