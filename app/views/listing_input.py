"""A list given on a screen: a file or pasted text, read as the command line reads it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app.listing import Listing, read_list
from app.texts.read import spoken, text
from app.views import frame
from graph.errors import XinmaiError

ENDINGS = ("csv", "txt", "tsv", "xlsx", "xls")
# More rows are for the command line: a page cannot show them.
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Given:
    """A list as it was given: the bytes, the ending of their name, and what they hold."""

    title: str
    ending: str
    content: bytes
    listing: Listing
    columns: tuple[str | None, str | None]

    def write(self, folder: Path) -> Path:
        """Write the list as it came into a folder and return the file."""
        path = folder / f"list.{self.ending}"
        path.write_bytes(self.content)
        return path


def ask_list(key: str) -> Given | None:
    """Draw the two ways to give a list; None while there is none, or none that can be read."""
    left, right = st.columns(2)
    file = left.file_uploader(text("list.file"), type=list(ENDINGS), key=f"{key}-file")
    pasted = right.text_area(
        text("list.paste"),
        key=f"{key}-paste",
        placeholder=text("list.example"),
        height=120,
        persist_state="session",
    )
    with st.expander(text("list.columns")):
        one, two = st.columns(2)
        name = one.text_input(text("list.name_column"), key=f"{key}-name", placeholder="—")
        code = two.text_input(text("list.code_column"), key=f"{key}-code", placeholder="—")
    columns = (name.strip() or None, code.strip() or None)
    # What was read is told in one place: the fields below are not drawn anew as a list comes.
    with st.container():
        if file is not None:
            ending = file.name.rsplit(".", 1)[-1].lower()
            return _read(file.name, ending, file.getvalue(), columns)
        if pasted.strip():
            return _read(text("list.pasted"), "txt", pasted.encode(), columns)
    return None


def _read(
    title: str, ending: str, content: bytes, columns: tuple[str | None, str | None]
) -> Given | None:
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / f"list.{ending}"
        path.write_bytes(content)
        try:
            listing = read_list(path, *columns)
        except XinmaiError as error:
            # The person knows the file by its own name.
            said = frame.refusal(error)
            st.error(said.replace(frame.plain(str(path)), frame.plain(title)))
            return None
    if len(listing.rows) > MOST_ROWS:
        st.error(text("list.too_many", rows=f"{len(listing.rows):,}", most=f"{MOST_ROWS:,}"))
        return None
    headers = listing.titled(spoken())
    known = [headers[place] for place in (*listing.names, *listing.codes)]
    st.caption(
        text(
            "list.read",
            title=frame.plain(title),
            rows=f"{len(listing.rows):,}",
            columns=frame.plain(text("frame.comma").join(known)),
        )
    )
    return Given(title, ending, content, listing, columns)
