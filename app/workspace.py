"""The workspace on disk: its folders, its key, its lock, and which snapshot is current."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from graph.errors import WorkspaceError
from graph.identifiers.identity import IdentityKey
from graph.snapshot.folder import sync

FOLDERS = ("catalogue", "ledger", "snapshots", "graph")
# 256 bits: the block that HMAC-SHA256 makes full use of (RFC 2104).
KEY_BYTES = 32
# The fingerprint of the key by which the numbers of the ledger were hashed.
_CHECK = "identity.check"
_RESTORE = "is missing; restore it from the backup"
# Seconds that a judgement waits for another to be written: one row takes milliseconds, a load
# minutes, and for that nobody waits before a screen.
MOMENT = 5.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """One folder that holds ledger, snapshots, graph and desk of a site."""

    folder: Path

    @property
    def catalogue(self) -> Path:
        """The site's own resources."""
        return self.folder / "catalogue"

    @property
    def ledger(self) -> Path:
        """What departments said."""
        return self.folder / "ledger"

    @property
    def working(self) -> Path:
        """Return where a load keeps what the next one goes on from; it may be deleted."""
        return self.folder / "working"

    @property
    def snapshots(self) -> Path:
        """What was computed from it."""
        return self.folder / "snapshots"

    @property
    def known(self) -> Path:
        """Return where snapshots of what was known on earlier days stand; made anew when gone."""
        return self.folder / "known"

    @property
    def scans(self) -> Path:
        """Return where the exposures of whole snapshots are kept; they may be computed again."""
        return self.folder / "scans"

    @property
    def finding(self) -> Path:
        """Return where what finds the parties of a snapshot is kept; it may be deleted."""
        return self.folder / "finding"

    @property
    def graph(self) -> Path:
        """The embedded engine's own folder."""
        return self.folder / "graph"

    @property
    def desk(self) -> Path:
        """The database of people's decisions."""
        return self.folder / "desk.sqlite"

    def current(self) -> str | None:
        """Return the id of the current snapshot, or None before the first load."""
        mark = self.folder / "current"
        # What is no text names no snapshot, and is said by whoever opens it.
        return mark.read_text("utf-8", "backslashreplace").strip() if mark.is_file() else None

    def set_current(self, snapshot: str) -> None:
        """Replace the name of the current snapshot in one step."""
        write_whole(self.folder / "current", snapshot.encode())

    @contextmanager
    def writing(self, patience: float = 0.0) -> Iterator[None]:
        """Hold the workspace for one writer; WorkspaceError where another has it.

        At once, or after so many seconds of `patience`: two who judge in the same moment both do.
        """
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=patience)
        except Timeout as error:
            raise WorkspaceError(
                "workspace",
                str(self.folder),
                "is being written by another load; try again after it",
            ) from error
        except OSError as error:
            raise WorkspaceError(
                "workspace", str(self.folder), f"cannot be written: {error.strerror}"
            ) from error
        try:
            yield
        finally:
            lock.release()


def open_workspace(folder: Path, *, create: bool) -> Workspace:
    """Return the workspace in `folder`, making its folders and key where `create`.

    Raises:
        WorkspaceError: there is none and none may be made, or the folder cannot be written.
    """
    workspace = Workspace(folder)
    if not create:
        if not (folder / "identity.key").is_file():
            if (folder / _CHECK).exists():
                raise WorkspaceError("identity key", str(folder / "identity.key"), _RESTORE)
            raise WorkspaceError("workspace", str(folder), "is not there; `xinmai init` makes one")
        return workspace
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        _make_key(folder / "identity.key")
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError("workspace", str(folder), f"cannot be written: {reason}") from error
    return workspace


def identity_secret(workspace: Workspace, given: str | None) -> bytes:
    """Return the secret that keys the hashes of identity numbers; `given` by settings wins.

    Raises:
        WorkspaceError: it holds nothing: whoever has the hashes could then find the numbers.
    """
    if given is not None:
        return given.encode()
    path = workspace.folder / "identity.key"
    secret = path.read_bytes()
    if not secret.strip():
        raise WorkspaceError("identity key", str(path), "is empty; restore it from the backup")
    return secret


def identity_key(workspace: Workspace, given: str | None) -> IdentityKey:
    """Return the key by which identity numbers are hashed, the one of every load before.

    Raises:
        WorkspaceError: it holds nothing, or is another: the same person would not be found again.
    """
    key = IdentityKey(identity_secret(workspace, given))
    check = workspace.folder / _CHECK
    if check.is_file():
        _refuse_other(workspace, key, given, check.read_text("utf-8", "backslashreplace"))
    return key


def keep_check(workspace: Workspace, given: str | None, before: str | None, *, fresh: bool) -> None:
    """Keep which key hashes the numbers of a workspace, where that is not kept yet.

    `fresh`: nothing is hashed yet, and any key will do. `before` is the fingerprint that the
    current snapshot names.

    Raises:
        WorkspaceError: the snapshot names another key, or the folder cannot be written.
    """
    check = workspace.folder / _CHECK
    if check.is_file() and not fresh:
        return
    key = IdentityKey(identity_secret(workspace, given))
    if before is not None and not fresh:
        _refuse_other(workspace, key, given, before)
    try:
        write_whole(check, f"{key.fingerprint}\n".encode())
    except OSError as error:
        raise WorkspaceError(
            "workspace", str(workspace.folder), f"cannot be written: {error.strerror}"
        ) from error


def _refuse_other(
    workspace: Workspace, key: IdentityKey, given: str | None, fingerprint: str
) -> None:
    if key.fingerprint != fingerprint.strip():
        where = str(workspace.folder / "identity.key") if given is None else "setting identity_key"
        rule = (
            "is not the key by which the identity numbers of this workspace were hashed"
            f" ({_CHECK}): put that key back, or load into a new workspace"
        )
        raise WorkspaceError("identity key", where, rule)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    aside = path.with_name(path.name + ".new")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written beside the workspace."""
    return shutil.disk_usage(folder).free


def _make_key(path: Path) -> None:
    if path.exists():
        return
    # Readable for its owner alone from the beginning, and the first of two who make it stays.
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        _name_first(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def _name_first(aside: Path, path: Path) -> None:
    """Give a file its name, unless another has it by now."""
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        return
    except OSError:
        # A disk without links (exFAT, shares): there two in the same moment are not told apart.
        aside.replace(path)
