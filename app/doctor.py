"""Which part works, and what to do where one does not."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import Services
from app.presenters.people import people_word
from app.users import FILE
from app.workspace import free_bytes, identity_key
from graph.errors import XinmaiError
from graph.store.open import open_reader, open_store

# Less than this beside the workspace and a load may not finish.
LEAST_FREE = 1 << 30
_INSTALL = "run tools/install_system.sh"
_SECONDS = 20
_WRITABLE = "let this account write there, or make room"
_BACKUP = "restore it from the backup (docs/operations.md)"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it works, what was seen, what to do where it does not."""

    part: str
    works: bool
    seen: str
    remedy: str = ""
    needed: bool = True

    def line(self) -> str:
        """Return the finding as a line."""
        word = "ok  " if self.works else "FAIL" if self.needed else "--  "
        remedy = f"  → {self.remedy}" if self.remedy and not self.works else ""
        return f"{word} {self.part}: {self.seen}{remedy}"

    def to_json(self) -> dict[str, object]:
        """Return the finding as the command line answers it."""
        return {
            "part": self.part,
            "works": self.works,
            "needed": self.needed,
            "seen": self.seen,
            "remedy": self.remedy,
        }


def examine(house: Services) -> list[Finding]:
    """Try every part and return what was found; no part stops the others."""
    parts: list[Callable[[Services], Iterator[Finding]]] = [
        _workspace,
        _ledger,
        _key,
        _desk,
        _users,
        _catalogue,
        _queries,
        _engine,
        _neo4j,
        _programs,
        _fonts,
        _pdf,
    ]
    return [finding for part in parts for finding in _tried(part, house)]


def _tried(part: Callable[[Services], Iterator[Finding]], house: Services) -> Iterator[Finding]:
    try:
        yield from part(house)
    except OSError as error:
        # A disk that may not be written, wherever it shows first.
        seen = f"{error.filename or 'file'}: {error.strerror or error}"
        yield Finding(part.__name__.strip("_"), works=False, seen=seen, remedy=_WRITABLE)


def _workspace(house: Services) -> Iterator[Finding]:
    folder = house.workspace.folder
    free = free_bytes(folder)
    yield Finding(
        "workspace",
        free >= LEAST_FREE,
        f"{folder}, {free / (1 << 30):.1f} GB free",
        "make room on this disk",
    )
    try:
        snapshot = house.snapshot()
        if snapshot:
            # Nobody else looks at every byte: it takes as long as reading all of them.
            snapshot.verify()
        seen = f"snapshot {snapshot.id}" if snapshot else "nothing loaded yet"
        yield Finding("snapshot", works=True, seen=seen)
    except XinmaiError as error:
        folder = house.workspace.snapshots / (house.workspace.current() or "")
        remedy = f"remove {folder} and build it again: `xinmai load --rebuild`"
        yield Finding("snapshot", works=False, seen=str(error), remedy=remedy)


def _ledger(house: Services) -> Iterator[Finding]:
    """Look at every batch: what a snapshot is made from is nowhere else."""
    try:
        house.ledger.check()
        yield Finding("ledger", works=True, seen=f"{len(house.ledger.batches())} batches")
    except XinmaiError as error:
        yield Finding("ledger", works=False, seen=str(error), remedy=_BACKUP)


def _key(house: Services) -> Iterator[Finding]:
    try:
        identity_key(house.workspace, house.settings.identity_key)
        yield Finding("identity key", works=True, seen="the one that hashed the numbers here")
    except XinmaiError as error:
        yield Finding("identity key", works=False, seen=str(error), remedy=_BACKUP)


def _desk(house: Services) -> Iterator[Finding]:
    if not house.workspace.desk.exists():
        yield Finding("desk", works=True, seen="nothing decided yet")
        return
    try:
        house.judgements.examine()
        seen = f"{len(house.judgements.listed())} judgements"
        yield Finding("desk", works=True, seen=seen)
    except XinmaiError as error:
        yield Finding("desk", works=False, seen=str(error), remedy=_BACKUP)


def _users(house: Services) -> Iterator[Finding]:
    """Say who may work here, and whether the app can tell who comes."""
    users, settings = house.user.users, house.settings
    known = settings.user_header or settings.user_claim
    if users is None:
        yield Finding("users", works=True, seen=f"no {FILE}: everybody may do everything")
    elif known is None:
        seen = f"{people_word(users)}, and the app lets nobody in"
        yield Finding("users", works=False, seen=seen, remedy="set user_header or user_claim")
    else:
        yield Finding("users", works=True, seen=f"{people_word(users)}, the app knows by {known}")


def _catalogue(house: Services) -> Iterator[Finding]:
    try:
        seen = f"{len(house.catalogue.resources())} resources, policy {house.policy().version}"
        yield Finding("catalogue and policy", works=True, seen=seen)
    except XinmaiError as error:
        yield Finding("catalogue and policy", False, str(error), "mend the file named")  # noqa: FBT003


def _queries(house: Services) -> Iterator[Finding]:
    library = house.library()
    told = [str(error) for error in library.broken.values()]
    seen = "; ".join([f"{len(library.queries)} named queries", *told])
    yield Finding("queries", works=not told, seen=seen, remedy="mend the file named")


def _engine(house: Services) -> Iterator[Finding]:
    try:
        store = open_reader(house.target())
        held = store.holds()
        store.close()
    except XinmaiError as error:
        here = house.target().kind == "embedded"
        mend = "Java 17 or newer, room on the disk, a free port" if here else "mend NEO4J_*"
        yield Finding("graph store", False, str(error), mend)  # noqa: FBT003
        return
    yield Finding(
        "graph store", works=True, seen=f"{house.target().kind}, holds {held or 'nothing'}"
    )


def _neo4j(house: Services) -> Iterator[Finding]:
    if house.settings.neo4j is None:
        yield Finding(
            "Neo4j",
            works=False,
            seen="not asked for",
            remedy="set NEO4J_URI to publish there",
            needed=False,
        )
        return
    try:
        open_store(house.target()).close()
        yield Finding("Neo4j", works=True, seen=house.settings.neo4j.uri)
    except XinmaiError as error:
        yield Finding("Neo4j", False, str(error), "start it, or mend NEO4J_*")  # noqa: FBT003


def _programs(house: Services) -> Iterator[Finding]:
    del house
    for name, needed in (("dot", True), ("pdftoppm", False), ("chromium", False)):
        path = shutil.which(name)
        yield Finding(name, path is not None, path or "not there", _INSTALL, needed)


def _fonts(house: Services) -> Iterator[Finding]:
    del house
    try:
        done = subprocess.run(
            ["fc-list", ":lang=zh", "family"],  # noqa: S607 - where the system has it
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        count = len(done.stdout.splitlines())
    except (OSError, subprocess.SubprocessError):
        count = 0
    yield Finding("Chinese fonts", count > 0, f"{count} found", _INSTALL)


def _pdf(house: Services) -> Iterator[Finding]:
    del house
    from datetime import UTC, datetime  # noqa: PLC0415

    from app.reports.pdf import write_pdf  # noqa: PLC0415 - layout libraries are heavy

    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder, "a.html"), Path(folder, "a.pdf")
        page.write_text("<p>信脉</p>", encoding="utf-8")
        try:
            write_pdf(page, pdf, datetime(2026, 1, 1, tzinfo=UTC))
            yield Finding("PDF", works=True, seen=f"{pdf.stat().st_size} bytes")
        except XinmaiError as error:
            yield Finding("PDF", False, str(error), _INSTALL)  # noqa: FBT003
