"""What people asked of the store: the last queries of each, to be looked at and asked again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, create_engine, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables
from graph.identifiers import identity_card

# As many as a person looks back on.
LAST = 100
_AUTHOR = 100


class QueryAsked(Desk):
    """One question: the id of a query of the library, else its Cypher, and the parameters."""

    __tablename__ = "queries_asked"

    id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(String(_AUTHOR), index=True)
    query: Mapped[str] = mapped_column(String(100))
    cypher: Mapped[str] = mapped_column(Text)
    params: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Past:
    """A question as it was asked; `query` is empty where it was Cypher of one's own."""

    id: int
    query: str
    cypher: str
    params: Mapping[str, Any]
    made_at: str


class QueryHistory:
    """The questions on a workspace's desk. Only appended."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)

    def note(
        self, author: str, query: str, cypher: str, params: Mapping[str, object], now: datetime
    ) -> None:
        """Append a question; of the library its id alone: it is asked as it stands today.

        A complete identity number is kept as its mask: whoever asks again types it anew.
        """
        told = identity_card.masked_in(json.dumps(dict(params), ensure_ascii=False, default=str))
        new = QueryAsked(
            author=author[:_AUTHOR],
            query=query,
            cypher="" if query else identity_card.masked_in(cypher),
            params=told,
            made_at=now.isoformat(timespec="seconds"),
        )
        with desk(self._url), Session(self._engine) as session:
            session.add(new)
            session.commit()

    def last(self, author: str) -> list[Past]:
        """Return the last questions of somebody, newest first; the same one is there once."""
        wanted = (
            select(QueryAsked)
            .where(QueryAsked.author == author[:_AUTHOR])
            .order_by(QueryAsked.id.desc())
            .limit(LAST)
        )
        seen: dict[tuple[str, str, str], Past] = {}
        with desk(self._url), Session(self._engine) as session:
            for one in session.scalars(wanted):
                past = Past(one.id, one.query, one.cypher, json.loads(one.params), one.made_at)
                seen.setdefault((one.query, one.cypher, one.params), past)
        return list(seen.values())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
