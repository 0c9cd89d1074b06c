"""The embedded engine's own process: `python -m graph.store.engine FOLDER --heap 1g`."""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import arcadedb_embedded
import jpype
import psutil
from arcadedb_embedded import Database
from arcadedb_embedded.jvm import start_jvm
from arcadedb_embedded.server import ArcadeDBServer
from filelock import FileLock, Timeout

from graph.store.address import (
    ADDRESS_FILE,
    DATABASE_PREFIX,
    ENGINE_LOCK,
    LOOPBACK,
    READER,
    READER_LIMIT,
    Address,
    current,
    set_current,
    write_address,
)
from graph.store.archive import archive_options

# Database too, for the other modules that work in such a process.
__all__ = [
    "EXIT_HELD",
    "Database",
    "create_database",
    "open_database",
    "serve",
    "start_machine",
]

# The engine's own files (users, groups, its logs) live beside the databases.
_SERVER_FOLDER = "server"
# 192 bits each: nobody guesses one within the life of a process.
_PASSWORD_BYTES = 24
_LOCK_SECONDS = 5.0
_WATCH_SECONDS = 2.0
# A running query keeps the server from stopping; the data is safe without it (facts.md 2).
_STOP_SECONDS = 5.0
EXIT_HELD = 3
# Warnings alone, on the error stream, which is engine.log; no file of the engine's own.
_LOGGING = (
    "handlers=java.util.logging.ConsoleHandler\n"
    ".level=WARNING\n"
    "java.util.logging.ConsoleHandler.level=WARNING\n"
)


def serve(folder: Path, heap: str, idle_seconds: float) -> int:
    """Run the engine until it is told to end or nobody was connected for `idle_seconds`.

    Returns the exit code; EXIT_HELD where another engine has the folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / ENGINE_LOCK)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        return EXIT_HELD
    # What the virtual machine writes by a relative path (crash reports) stays in the folder.
    os.chdir(folder)
    start_machine(folder, heap)
    address, server = _start(folder)
    ended = threading.Event()
    # After the virtual machine's start, which sets handlers of its own.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    write_address(folder, address)
    _watch(address.port, idle_seconds, ended)
    (folder / ADDRESS_FILE).unlink(missing_ok=True)
    stopping = threading.Thread(target=server.stop, daemon=True)
    stopping.start()
    stopping.join(_STOP_SECONDS)
    return 0


def start_machine(folder: Path, heap: str, *options: str) -> None:
    """Start the virtual machine of this process with `heap` ("1g") and its logging."""
    server = folder / _SERVER_FOLDER
    server.mkdir(mode=0o700, parents=True, exist_ok=True)
    logging = server / "logging.properties"
    logging.write_text(_LOGGING, encoding="utf-8")
    start_jvm(
        heap_size=heap,
        jvm_args=[
            f"-Djava.util.logging.config.file={logging}",
            f"-Darcadedb.server.logsDirectory={server}",
            *archive_options(),
            *options,
        ],
    )


def create_database(path: Path) -> Database:
    """Create a database folder without a server, in this process; start_machine comes first."""
    return arcadedb_embedded.create_database(str(path))


def open_database(path: Path) -> Database:
    """Open a database folder without a server, as create_database does."""
    return arcadedb_embedded.open_database(str(path))


def _start(folder: Path) -> tuple[Address, ArcadeDBServer]:
    root = folder / _SERVER_FOLDER
    _write_groups(root / "config")
    writer, reader = (secrets.token_urlsafe(_PASSWORD_BYTES) for _ in range(2))
    bolt, http = _free_ports(2)
    server = ArcadeDBServer(
        str(root),
        writer,
        {
            "host": LOOPBACK,
            "http_port": http,
            "bolt_port": bolt,
            "bolt_host": LOOPBACK,
            # Production mode conceals what a statement did wrong; its other settings follow.
            "mode": "development",
            "txWalFlush": 1,
            "opencypher_loadCsv_allowFileUrls": False,
            "opencypher_loadCsv_allowRemoteUrls": False,
            "serverMetrics": False,
            "server_databaseDirectory": str(folder),
            "server_databaseLoadAtStartup": False,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        },
    )
    server.start()
    name = current(folder)
    if name is None:
        name = f"{DATABASE_PREFIX}{secrets.token_hex(8)}"
        server.create_database(name)
        set_current(folder, name)
    else:
        server.get_database(name)
    _create_reader(server, name, reader)
    started = psutil.Process().create_time()
    return Address(os.getpid(), started, bolt, name, writer, reader), server


def _write_groups(config: Path) -> None:
    # Users of an earlier start would keep their passwords.
    shutil.rmtree(config, ignore_errors=True)
    config.mkdir(mode=0o700, parents=True)
    every = ["createRecord", "readRecord", "updateRecord", "deleteRecord"]
    administration = ["updateSecurity", "updateSchema", "updateDatabaseSettings"]
    groups = {
        "admin": _group(-1, administration, every),
        READER: _group(READER_LIMIT, [], ["readRecord"]),
    }
    content = {"version": 1, "databases": {"*": {"groups": groups}}}
    (config / "server-groups.json").write_text(json.dumps(content), encoding="utf-8")


def _group(limit: int, access: list[str], records: list[str]) -> dict[str, object]:
    types = {"*": {"access": records}}
    return {"resultSetLimit": limit, "readTimeout": -1, "access": access, "types": types}


def _create_reader(server: ArcadeDBServer, database: str, password: str) -> None:
    # The binding has no call for users: the Java object is the only way (facts.md 2).
    security = server._java_server.getSecurity()  # noqa: SLF001
    user = {
        "name": READER,
        "password": str(security.encodePassword(password)),
        "databases": {database: [READER]},
    }
    security.createUser(jpype.JClass("com.arcadedb.serializer.json.JSONObject")(json.dumps(user)))


def _free_ports(count: int) -> list[int]:
    lines = [socket.socket() for _ in range(count)]
    try:
        for line in lines:
            line.bind((LOOPBACK, 0))
        return [line.getsockname()[1] for line in lines]
    finally:
        for line in lines:
            line.close()


def _watch(port: int, idle_seconds: float, ended: threading.Event) -> None:
    me = psutil.Process()
    last = time.monotonic()
    while not ended.wait(_WATCH_SECONDS):
        if any(
            line.laddr.port == port
            for line in me.net_connections("tcp")
            if line.status == psutil.CONN_ESTABLISHED
        ):
            last = time.monotonic()
        elif time.monotonic() - last > idle_seconds:
            return


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m graph.store.engine", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--heap", default="1g", help="memory of the engine, as in 512m, 1g")
    parser.add_argument("--idle", type=float, default=30.0, help="minutes without a connection")
    given = parser.parse_args(arguments)
    # 60 seconds a minute.
    return serve(given.folder.resolve(), given.heap, given.idle * 60)


if __name__ == "__main__":
    code = main()
    # The virtual machine's threads would hold the process; everything is closed by now.
    sys.stderr.flush()
    os._exit(code)
