"""Which part works, and what to do where one does not."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import Services
from app.texts.read import text
from app.users import FILE
from app.workspace import free_bytes, identity_key
from graph.errors import XinmaiError
from graph.store.open import open_reader, open_store

# Less than this beside the workspace and a load may not finish.
LEAST_FREE = 1 << 30
_GB = 1 << 30
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One part by its code: whether it works, what was seen, what to do where it does not.

    What is seen and to be done is said in the language in use; texts are those of doctor.yml.
    """

    part: str
    works: bool
    seen: str
    remedy: str = ""
    needed: bool = True

    @property
    def title(self) -> str:
        """Return what the part is called."""
        return text(f"doctor.part.{self.part}")

    def line(self) -> str:
        """Return the finding as a line."""
        word = text(f"doctor.{'ok' if self.works else 'fail' if self.needed else 'without'}")
        remedy = self.remedy and not self.works and text("doctor.remedy", remedy=self.remedy)
        return text("doctor.line", word=word, part=self.title, seen=self.seen) + (remedy or "")

    def to_json(self) -> dict[str, object]:
        """Return the finding as the command line answers it."""
        return {
            "part": self.part,
            "title": self.title,
            "works": self.works,
            "needed": self.needed,
            "seen": self.seen,
            "remedy": self.remedy,
        }


def examine(house: Services) -> list[Finding]:
    """Try every part and return what was found; no part stops the others."""
    parts: dict[str, Callable[[Services], Iterator[Finding]]] = {
        "workspace": _workspace,
        "ledger": _ledger,
        "identity_key": _key,
        "desk": _desk,
        "users": _users,
        "catalogue": _catalogue,
        "queries": _queries,
        "store": _engine,
        "neo4j": _neo4j,
        "dot": _programs,
        "fonts": _fonts,
        "pdf": _pdf,
    }
    return [finding for name, part in parts.items() for finding in _tried(name, part, house)]


def _tried(
    name: str, part: Callable[[Services], Iterator[Finding]], house: Services
) -> Iterator[Finding]:
    try:
        yield from part(house)
    except OSError as error:
        # A disk that may not be written, wherever it shows first.
        seen = f"{error.filename or 'file'}: {error.strerror or error}"
        yield _broken(name, seen, "writable")


def _broken(part: str, seen: object, remedy: str, **values: object) -> Finding:
    return Finding(part, False, str(seen), text(f"doctor.do.{remedy}", **values))  # noqa: FBT003


def _works(part: str, seen: str, **values: object) -> Finding:
    return Finding(part, True, text(f"doctor.{seen}", **values))  # noqa: FBT003


def _workspace(house: Services) -> Iterator[Finding]:
    folder = house.workspace.folder
    free = free_bytes(folder)
    seen = text("doctor.free", folder=folder, free=free / _GB)
    yield Finding("workspace", free >= LEAST_FREE, seen, text("doctor.do.room"))
    try:
        snapshot = house.snapshot()
        if snapshot:
            # Nobody else looks at every byte: it takes as long as reading all of them.
            snapshot.verify()
            yield _works("snapshot", "snapshot", snapshot=snapshot.id)
        else:
            yield _works("snapshot", "nothing_loaded")
    except XinmaiError as error:
        folder = house.workspace.snapshots / (house.workspace.current() or "")
        yield _broken("snapshot", error, "rebuild", folder=folder)


def _ledger(house: Services) -> Iterator[Finding]:
    """Look at every batch: what a snapshot is made from is nowhere else."""
    try:
        house.ledger.check()
        yield _works("ledger", "batches", count=len(house.ledger.batches()))
    except XinmaiError as error:
        yield _broken("ledger", error, "backup")


def _key(house: Services) -> Iterator[Finding]:
    try:
        identity_key(house.workspace, house.settings.identity_key)
        yield _works("identity_key", "key_fits")
    except XinmaiError as error:
        yield _broken("identity_key", error, "backup")


def _desk(house: Services) -> Iterator[Finding]:
    if not house.workspace.desk.exists():
        yield _works("desk", "nothing_decided")
        return
    try:
        house.judgements.examine()
        yield _works("desk", "judgements", count=len(house.judgements.listed()))
    except XinmaiError as error:
        yield _broken("desk", error, "backup")


def _users(house: Services) -> Iterator[Finding]:
    """Say who may work here, and whether the app can tell who comes."""
    users, settings = house.user.users, house.settings
    known = settings.user_header or settings.user_claim
    if users is None:
        yield _works("users", "nobody_named", file=FILE)
    elif known is None:
        yield _broken("users", text("doctor.nobody_let_in", count=len(users.user)), "let_in")
    else:
        yield _works("users", "known_by", count=len(users.user), known=known)


def _catalogue(house: Services) -> Iterator[Finding]:
    try:
        count, policy = len(house.catalogue.resources()), house.policy().version
        yield _works("catalogue", "resources", count=count, policy=policy)
    except XinmaiError as error:
        yield _broken("catalogue", error, "mend")


def _queries(house: Services) -> Iterator[Finding]:
    library = house.library()
    told = [str(error) for error in library.broken.values()]
    seen = "; ".join([text("doctor.named_queries", count=len(library.queries)), *told])
    yield Finding("queries", not told, seen, text("doctor.do.mend"))


def _engine(house: Services) -> Iterator[Finding]:
    kind = house.target().kind
    try:
        store = open_reader(house.target())
        held = store.holds()
        store.close()
    except XinmaiError as error:
        yield _broken("store", error, "engine" if kind == "embedded" else "settings")
        return
    yield _works("store", "holds" if held else "holds_nothing", kind=kind, snapshot=held)


def _neo4j(house: Services) -> Iterator[Finding]:
    if house.settings.neo4j is None:
        seen, remedy = text("doctor.not_asked"), text("doctor.do.publish")
        yield Finding("neo4j", works=False, seen=seen, remedy=remedy, needed=False)
        return
    try:
        open_store(house.target()).close()
        yield Finding("neo4j", works=True, seen=house.settings.neo4j.uri)
    except XinmaiError as error:
        yield _broken("neo4j", error, "start")


def _programs(house: Services) -> Iterator[Finding]:
    del house
    for name, needed in (("dot", True), ("pdftoppm", False), ("chromium", False)):
        path = shutil.which(name) or shutil.which(f"{name}-headless-shell")
        seen = path or text("doctor.not_there")
        yield Finding(name, path is not None, seen, text("doctor.do.install"), needed)


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
    seen = text("doctor.found", count=count)
    yield Finding("fonts", count > 0, seen, text("doctor.do.install"))


def _pdf(house: Services) -> Iterator[Finding]:
    del house
    from datetime import UTC, datetime  # noqa: PLC0415

    from app.reports.pdf import write_pdf  # noqa: PLC0415 - layout libraries are heavy

    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder, "a.html"), Path(folder, "a.pdf")
        page.write_text("<p>信脉</p>", encoding="utf-8")
        try:
            write_pdf(page, pdf, datetime(2026, 1, 1, tzinfo=UTC))
            yield _works("pdf", "bytes", count=pdf.stat().st_size)
        except XinmaiError as error:
            yield _broken("pdf", error, "install")
