"""Views of the canvas that people keep, and notes: appended; drafts are written over."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, String, Text, create_engine, func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables
from graph.errors import DeskError

_TITLE, _AUTHOR, _NOTE = 100, 100, 500
# 64 bits: nobody guesses the address of a view by trying.
_ID_BYTES = 8


class SavedView(Desk):
    """One saving of one view; the last of a view's savings is what opens."""

    __tablename__ = "canvas_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    view: Mapped[str] = mapped_column(String(32), index=True)
    title: Mapped[str] = mapped_column(String(_TITLE))
    copied_from: Mapped[str | None] = mapped_column(String(32))
    snapshot: Mapped[str] = mapped_column(String(32))
    as_of: Mapped[str] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))
    # Null where the site did not say who works there; then whoever may look opens it.
    author: Mapped[str | None] = mapped_column(String(_AUTHOR))
    open_to: Mapped[str | None] = mapped_column(String(20))


class DraftView(Desk):
    """What nobody has saved yet. No decision, so it is written over and not appended."""

    __tablename__ = "canvas_drafts"

    start: Mapped[str] = mapped_column(String(64), primary_key=True)
    snapshot: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))


class CanvasNote(Desk):
    """What a person noted on a node or link."""

    __tablename__ = "canvas_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(200), index=True)
    note: Mapped[str] = mapped_column(String(_NOTE))
    author: Mapped[str] = mapped_column(String(_AUTHOR))
    snapshot: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class View:
    """A kept view: where it started, what it shows and how; `id` is what its address holds.

    `author` is who saved it last, `open_to` who else may open it (app/canvas/sharing.py).
    """

    id: str
    title: str
    copied_from: str | None
    snapshot: str
    as_of: str
    content: Mapping[str, Any]
    made_at: str
    author: str = ""
    open_to: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a node or link, by uid or key."""

    about: str
    note: str
    author: str
    made_at: str


class Views:
    """The kept views, drafts and notes of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)
            _bring_up_to_date(self._engine)

    def save(self, view: View, now: datetime) -> View:
        """Append a saving; one without an id becomes a view of its own.

        Raises:
            DeskError: no title, or one too long.
        """
        title = view.title.strip()
        if not 0 < len(title) <= _TITLE:
            raise DeskError("view's title", title[:20], f"must have 1 to {_TITLE} characters")
        row = SavedView(
            view=view.id or secrets.token_hex(_ID_BYTES),
            title=title,
            copied_from=view.copied_from,
            snapshot=view.snapshot,
            as_of=view.as_of,
            content=json.dumps(view.content, ensure_ascii=False, sort_keys=True),
            made_at=now.isoformat(timespec="seconds"),
            author=view.author or None,
            open_to=view.open_to or None,
        )
        with desk(self._url), Session(self._engine) as session:
            session.add(row)
            session.commit()
            return _view(row)

    def find(self, view: str) -> View | None:
        """Return what a view was saved as last."""
        with desk(self._url), Session(self._engine) as session:
            wanted = select(SavedView).where(SavedView.view == view).order_by(SavedView.id.desc())
            row = session.scalars(wanted.limit(1)).first()
            return None if row is None else _view(row)

    def listed(self) -> tuple[View, ...]:
        """Return every view as it was saved last, the latest first."""
        with desk(self._url), Session(self._engine) as session:
            last = select(func.max(SavedView.id)).group_by(SavedView.view)
            wanted = select(SavedView).where(SavedView.id.in_(last)).order_by(SavedView.id.desc())
            return tuple(_view(row) for row in session.scalars(wanted))

    def keep_draft(
        self, start: str, snapshot: str, content: Mapping[str, Any], now: datetime
    ) -> None:
        """Keep what is not saved yet; `start` names where it began."""
        row = DraftView(
            start=start,
            snapshot=snapshot,
            content=json.dumps(content, ensure_ascii=False, sort_keys=True),
            made_at=now.isoformat(timespec="seconds"),
        )
        with desk(self._url), Session(self._engine) as session:
            session.merge(row)
            session.commit()

    def draft(self, start: str) -> View | None:
        """Return the draft that began there."""
        with desk(self._url), Session(self._engine) as session:
            row = session.get(DraftView, start)
            if row is None:
                return None
            held = json.loads(row.content)
            return View("", "", None, row.snapshot, held["as_of"], held, row.made_at)

    def note(self, about: str, note: str, author: str, snapshot: str, now: datetime) -> Note:
        """Append a note.

        Raises:
            DeskError: it is empty or too long.
        """
        words = note.strip()
        if not 0 < len(words) <= _NOTE:
            raise DeskError("note", words[:20], f"must have 1 to {_NOTE} characters")
        made_at = now.isoformat(timespec="seconds")
        with desk(self._url), Session(self._engine) as session:
            session.add(
                CanvasNote(
                    about=about,
                    note=words,
                    author=author[:_AUTHOR],
                    snapshot=snapshot,
                    made_at=made_at,
                )
            )
            session.commit()
        return Note(about, words, author, made_at)

    def notes(self, about: str) -> tuple[Note, ...]:
        """Return the notes on a node or link, oldest first."""
        with desk(self._url), Session(self._engine) as session:
            wanted = select(CanvasNote).where(CanvasNote.about == about).order_by(CanvasNote.id)
            return tuple(
                Note(row.about, row.note, row.author, row.made_at)
                for row in session.scalars(wanted)
            )

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _view(row: SavedView) -> View:
    content = json.loads(row.content)
    return View(
        row.view,
        row.title,
        row.copied_from,
        row.snapshot,
        row.as_of,
        content,
        row.made_at,
        row.author or "",
        row.open_to or "",
    )


def _bring_up_to_date(engine: Engine) -> None:
    """Give a desk of an earlier form the columns of today."""
    held = {column["name"] for column in inspect(engine).get_columns("canvas_views")}
    for name in ("author", "open_to"):
        if name not in held:
            with engine.begin() as connection:
                connection.execute(text(f"ALTER TABLE canvas_views ADD COLUMN {name} TEXT"))
