"""Where a graph is published: which kind of store, and how it is reached."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

StoreKind = Literal["embedded", "neo4j", "py2neo", "memory"]


@dataclass(frozen=True, slots=True)
class StoreTarget:
    """One store: `folder` and `heap` for the embedded engine, the rest for a server.

    `database` None is the server's default. The password shows in no repr.
    """

    kind: StoreKind
    folder: Path | None = None
    uri: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    database: str | None = None
    heap: str = "2g"
