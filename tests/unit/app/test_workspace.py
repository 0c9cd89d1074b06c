from pathlib import Path

import pytest

from app.workspace import (
    Workspace,
    free_bytes,
    identity_key,
    identity_secret,
    keep_check,
    open_workspace,
    write_whole,
)
from graph.errors import WorkspaceError
from graph.identifiers.identity import IdentityKey


def test_making_a_workspace_twice_keeps_its_key(tmp_path: Path) -> None:
    first = identity_secret(open_workspace(tmp_path / "w", create=True), None)

    second = identity_secret(open_workspace(tmp_path / "w", create=True), None)

    assert first == second
    assert len(first) == 64
    assert (tmp_path / "w" / "identity.key").stat().st_mode & 0o077 == 0


def test_a_key_from_settings_wins(tmp_path: Path) -> None:
    assert identity_secret(open_workspace(tmp_path, create=True), "ours") == b"ours"


def test_an_empty_key_hides_no_number_and_is_refused(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)
    (tmp_path / "identity.key").write_bytes(b"\n")

    with pytest.raises(WorkspaceError, match=r"identity\.key' is empty"):
        identity_secret(workspace, None)


def test_another_key_than_that_of_the_loads_before_is_refused(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)
    keep_check(workspace, "ours", None, fresh=True)

    assert identity_key(workspace, "ours").secret == b"ours"
    with pytest.raises(WorkspaceError, match="setting identity_key' is not the key by which"):
        identity_key(workspace, "theirs")
    with pytest.raises(WorkspaceError, match=r"identity\.key' is not the key by which"):
        identity_key(workspace, None)
    # While nothing is hashed by it, it may still be chosen.
    keep_check(workspace, "theirs", None, fresh=True)
    assert identity_key(workspace, "theirs").secret == b"theirs"


def test_a_workspace_that_keeps_no_check_yet_is_held_to_what_its_snapshot_names(
    tmp_path: Path,
) -> None:
    workspace = open_workspace(tmp_path, create=True)
    named = IdentityKey(b"ours").fingerprint

    with pytest.raises(WorkspaceError, match="is not the key by which"):
        keep_check(workspace, "theirs", named, fresh=False)
    keep_check(workspace, "ours", named, fresh=False)

    with pytest.raises(WorkspaceError, match="is not the key by which"):
        identity_key(workspace, "theirs")


def test_a_lost_key_is_named_and_no_workspace_said_to_be_missing(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)
    keep_check(workspace, None, None, fresh=True)
    (tmp_path / "identity.key").unlink()

    with pytest.raises(WorkspaceError, match=r"identity\.key' is missing; restore it"):
        open_workspace(tmp_path, create=False)


def test_of_two_who_make_a_workspace_at_once_one_key_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(count: int) -> str:
        # The other is done between the look for a key and the making of one.
        (tmp_path / "identity.key").write_bytes(b"theirs")
        return "o" * count

    monkeypatch.setattr("app.workspace.secrets.token_hex", meanwhile)

    workspace = open_workspace(tmp_path, create=True)

    assert identity_secret(workspace, None) == b"theirs"
    assert [path.name for path in tmp_path.glob("identity*")] == ["identity.key"]


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="xinmai init"):
        open_workspace(tmp_path, create=False)


def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("no folder", encoding="utf-8")

    with pytest.raises(WorkspaceError, match="cannot be written"):
        open_workspace(tmp_path / "w", create=True)


def test_current_is_the_last_name_that_was_set(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)
    assert workspace.current() is None

    workspace.set_current("a1")
    workspace.set_current("b2")

    assert workspace.current() == "b2"


def test_a_name_that_is_no_text_is_the_name_of_no_snapshot(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"\xff\xfe")

    assert Workspace(tmp_path).current() == "\\xff\\xfe"


def test_two_writers_at_once_are_refused_at_once(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)

    with (
        workspace.writing(),
        pytest.raises(WorkspaceError, match="another load"),
        Workspace(tmp_path).writing(),
    ):
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, create=True)

    with pytest.raises(ValueError, match="broken"), workspace.writing():
        raise ValueError("broken")

    with workspace.writing():
        assert free_bytes(tmp_path) > 0


def test_writing_whole_leaves_no_other_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "x", b"one")
    write_whole(tmp_path / "x", b"two")

    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"two"
