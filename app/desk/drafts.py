"""What somebody is at work on, kept so that a lost connection loses nothing. Only appended."""

import json
from datetime import datetime

from sqlalchemy import String, Text, create_engine, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables


class DraftKept(Desk):
    """A draft as it stood at one time, as JSON; the last of a name and author is theirs."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), index=True)
    author: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))


class Drafts:
    """The drafts of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)

    def keep(self, name: str, author: str, content: object, now: datetime) -> None:
        """Append a draft as it stands now."""
        text = json.dumps(content, ensure_ascii=False)
        made_at = now.isoformat(timespec="seconds")
        with desk(self._url), Session(self._engine) as session:
            session.add(DraftKept(name=name, author=author[:100], content=text, made_at=made_at))
            session.commit()

    def last(self, name: str, author: str) -> object:
        """Return what was kept last, or None."""
        mine = (DraftKept.name == name, DraftKept.author == author[:100])
        wanted = select(DraftKept.content).where(*mine).order_by(DraftKept.id.desc()).limit(1)
        with desk(self._url), Session(self._engine) as session:
            found = session.scalar(wanted)
        return None if found is None else json.loads(found)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
