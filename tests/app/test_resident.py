"""The server stays small: mapped pages go back, and nobody looks for garbage in libraries."""

import gc
from pathlib import Path

import numpy as np

from app.cli.serving import server_environment
from app.views.resident import give_back, keep_small, mapped, own
from app.views.warming import settle
from graph.snapshot.mapping import map_array

MEGABYTE = 2**20


def test_pages_of_files_go_back_where_there_are_too_many(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(64 * MEGABYTE, np.uint8))
    held = map_array(tmp_path / "a.npy")
    held.sum()
    before = mapped()

    keep_small(most=before * 2)
    kept = mapped()
    keep_small(most=before // 2)

    # Other files of the process come and go by a few pages.
    assert kept > before - MEGABYTE
    assert mapped() < before - 48 * MEGABYTE
    assert held.sum() == 0


def test_what_a_site_has_set_in_its_environment_stays(tmp_path: Path) -> None:
    found = server_environment({"MALLOC_ARENA_MAX": "4", "LANG": "C"}, tmp_path)

    assert found["MALLOC_ARENA_MAX"] == "4"
    assert found["LANG"] == "C"
    assert found["ARROW_DEFAULT_MEMORY_POOL"] == "system"
    assert found["XINMAI_WORKSPACE"] == str(tmp_path)


def test_what_stays_is_set_aside() -> None:
    try:
        settle()

        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()


def test_what_is_free_between_what_is_kept_is_given_back() -> None:
    # Above 512 bytes Python asks the system's allocator; what stays keeps its heap from shrinking.
    taken = [bytes(2_000) for _ in range(40_000)]
    kept = taken[::100]
    del taken
    before = own()

    give_back()

    assert before - own() > 30 * MEGABYTE
    assert len(kept) == 400
