"""The embedded engine: found, guarded, watched, killed, ended."""

import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import neo4j
import psutil
import pytest

from graph.errors import StoreError, StoreTimeoutError, StoreUnavailableError
from graph.protocol import LinkBatch, NodeBatch
from graph.store.address import READER, Address, current, read_address, set_current
from graph.store.embedded import EmbeddedStore, open_embedded
from graph.store.running import stop_engine, why_silent

HEAP = "256m"
SOON = timedelta(seconds=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("engine") / "graph"
    yield path
    stop_engine(path)


@pytest.fixture
def store(folder: Path) -> Iterator[EmbeddedStore]:
    opened = open_embedded(folder, HEAP, reader=False)
    opened.ensure_schema()
    yield opened
    opened.close()


@pytest.fixture
def reader(folder: Path) -> Iterator[EmbeddedStore]:
    opened = open_embedded(folder, HEAP, reader=True)
    yield opened
    opened.close()


def people(*uids: str) -> NodeBatch:
    return NodeBatch(("Person", "Party"), [{"uid": uid, "name": uid.upper()} for uid in uids])


def living(folder: Path) -> Address:
    address = read_address(folder)
    assert address is not None
    assert address.runs()
    return address


def count(store: EmbeddedStore, cypher: str) -> int:
    return int(store.rows(cypher, {}, limit=1, timeout=SOON).rows[0][0])


@pytest.mark.usefixtures("store")
def test_a_second_open_finds_the_living_engine(folder: Path) -> None:
    before = living(folder)
    second = open_embedded(folder, HEAP, reader=False)
    second.close()

    assert living(folder) == before
    assert before.database == current(folder)
    assert before.writer_password not in repr(before)


@pytest.mark.usefixtures("store")
def test_the_address_file_is_for_its_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE((folder / "engine.json").stat().st_mode) == 0o600


@pytest.mark.usefixtures("store")
def test_the_engine_listens_on_this_machine_alone(folder: Path) -> None:
    lines = psutil.Process(living(folder).pid).net_connections("inet")
    listening = {line.laddr.ip for line in lines if line.status == psutil.CONN_LISTEN}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Person {uid: 'intruder'}) RETURN n",
        "MATCH (n:Party) SET n.name = 'changed' RETURN n",
        "MATCH (n:Party) DETACH DELETE n",
        "CREATE (n:Unheard {uid: 'intruder'}) RETURN n",
        "DROP CONSTRAINT party_uid",
        "CREATE USER intruder SET PASSWORD 'intruder1'",
        "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    ],
)
def test_the_reader_cannot_change_anything(
    store: EmbeddedStore, reader: EmbeddedStore, folder: Path, cypher: str
) -> None:
    store.upsert_nodes(people("a", "b"))
    with pytest.raises(StoreError):
        reader.rows(cypher, {}, limit=10, timeout=SOON)
    # The database itself refuses too, whatever the client lets through.
    address = living(folder)
    login = (READER, address.reader_password)
    with (
        neo4j.GraphDatabase.driver(address.uri, auth=login) as driver,
        driver.session(database=address.database) as session,
        pytest.raises(neo4j.exceptions.Neo4jError),
    ):
        session.execute_write(lambda transaction: transaction.run(cypher).consume())
    assert count(store, "MATCH (n:Party) WHERE n.name IN ['A', 'B'] RETURN count(n)") == 2
    assert count(store, "MATCH (n) WHERE n.uid = 'intruder' RETURN count(n)") == 0


def test_the_reader_reads_and_streams(store: EmbeddedStore, reader: EmbeddedStore) -> None:
    store.upsert_nodes(people("a", "b"))
    cypher = "MATCH (n:Party) WHERE n.uid IN $uids RETURN n.uid AS uid ORDER BY uid"
    answer = reader.rows(cypher, {"uids": ["a", "b"]}, limit=10, timeout=SOON)
    assert answer.rows == [("a",), ("b",)]
    assert list(reader.stream(cypher, {"uids": ["b"]})) == [{"uid": "b"}]


def test_a_runaway_query_is_ended_and_the_store_answers_afterwards(
    store: EmbeddedStore, reader: EmbeddedStore, folder: Path
) -> None:
    store.upsert_nodes(people(*(f"run{i:02}" for i in range(24))))
    links = [
        {"key": f"k{i}-{j}", "source": f"run{i:02}", "target": f"run{j:02}"}
        for i in range(24)
        for j in range(24)
        if i != j
    ]
    store.upsert_links(LinkBatch("GUARANTEES", "Party", "Party", links))
    before = living(folder)
    began = time.monotonic()
    with pytest.raises(StoreTimeoutError) as caught:
        reader.rows(
            "MATCH (a:Party {uid: 'run00'}) MATCH p = (a)-[:GUARANTEES*1..9]-(b) RETURN count(p)",
            {},
            limit=1,
            timeout=timedelta(seconds=1),
        )
    # To its end it would take years: a busy machine stops it as surely, only later.
    assert time.monotonic() - began < 60
    assert "0:00:01" in str(caught.value)
    # Written by one who held a connection to the engine that was killed.
    assert count(store, "MATCH (:Party)-[r:GUARANTEES]->(:Party) RETURN count(r)") == 552
    assert count(reader, "MATCH (n:Party {uid: 'run23'}) RETURN count(n)") == 1
    assert living(folder).pid != before.pid


def test_a_read_whose_engine_another_ended_is_run_anew_with_its_whole_time(
    reader: EmbeddedStore, folder: Path
) -> None:
    slow = "UNWIND range(1, 2000) AS a UNWIND range(1, 1000) AS b RETURN count(a + b) AS n"
    before = living(folder)
    ending = threading.Timer(0.3, os.kill, (before.pid, signal.SIGKILL))
    ending.start()
    found = reader.rows(slow, {}, limit=1, timeout=timedelta(seconds=6))
    ending.join()

    assert found.rows == [(2_000_000,)]
    assert living(folder).pid != before.pid, "it was under way when the engine ended"


def test_what_was_acknowledged_survives_a_kill(store: EmbeddedStore, folder: Path) -> None:
    for start in range(0, 300, 100):
        store.upsert_nodes(people(*(f"kept{i}" for i in range(start, start + 100))))
    os.kill(living(folder).pid, signal.SIGKILL)

    assert count(store, "MATCH (n:Party) WHERE n.uid STARTS WITH 'kept' RETURN count(n)") == 300
    store.mark("s1")
    assert store.holds() == "s1"


def test_stopping_ends_the_process_and_the_next_use_starts_it_again(
    store: EmbeddedStore, folder: Path
) -> None:
    store.upsert_nodes(people("stays"))
    before = living(folder)
    stop_engine(folder)
    assert not before.runs()
    assert read_address(folder) is None

    assert count(store, "MATCH (n:Party {uid: 'stays'}) RETURN count(n)") == 1


def test_stopping_where_nothing_runs_is_nothing(tmp_path: Path) -> None:
    stop_engine(tmp_path / "absent")
    stop_engine(tmp_path)


def test_an_engine_that_cannot_start_is_named_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="no engine that answers") as caught:
        open_embedded(tmp_path / "graph", "nonsense", reader=False)
    assert str(tmp_path / "graph") in str(caught.value)


def test_a_damaged_address_counts_as_none_and_a_foreign_database_name_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "engine.json").write_text("{", encoding="utf-8")
    assert read_address(tmp_path) is None
    assert current(tmp_path) is None
    set_current(tmp_path, "../elsewhere")
    with pytest.raises(StoreError, match="does not name a database"):
        current(tmp_path)


def test_a_later_process_with_the_same_number_is_another() -> None:
    mine = psutil.Process()
    assert Address(mine.pid, mine.create_time(), 1, "db-x", "w", "r").runs()
    assert not Address(mine.pid, mine.create_time() - 60, 1, "db-x", "w", "r").runs()
    assert not Address(mine.pid, mine.create_time(), 1, "db-x", "w", "r").answers()


def test_an_engine_that_cannot_start_is_explained(tmp_path: Path) -> None:
    assert why_silent(tmp_path, free=0) == "its disk is full (0 bytes are free)"
    assert why_silent(tmp_path, free=10**9) == "it said: nothing"
    (tmp_path / "engine.log").write_text("one\nno such heap\n\n", "utf-8")
    assert why_silent(tmp_path, free=10**9) == "it said: no such heap"


def test_an_engine_serves_its_folder_wherever_it_is_moved_and_no_copy_of_it(
    store: EmbeddedStore, folder: Path
) -> None:
    store.upsert_nodes(people("here"))
    engine = living(folder)
    copied, moved = folder.with_name("copied"), folder.with_name("moved")
    shutil.copytree(folder, copied)

    assert read_address(copied) is None
    stop_engine(copied)
    assert engine.runs()

    folder.rename(moved)
    assert read_address(moved) == engine
    moved.rename(folder)

    other = open_embedded(copied, HEAP, reader=False)
    other.upsert_nodes(people("elsewhere"))
    other.close()
    stop_engine(copied)
    assert count(store, "MATCH (n:Party {uid: 'here'}) RETURN count(n)") == 1
    assert count(store, "MATCH (n:Party {uid: 'elsewhere'}) RETURN count(n)") == 0
