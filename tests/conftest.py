"""Fixtures of all tests: property-test profiles and a Neo4j server where one can be had."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest
from hypothesis import settings

from app.bootstrap import open_services
from app.cli import main
from app.settings import read_settings
from graph.errors import StoreUnavailableError
from graph.store.open import open_store
from graph.store.running import stop_engine
from graph.store.target import StoreTarget
from loaders.world.write import write_world

ROOT = Path(__file__).resolve().parents[1]
SERVER = ROOT / "tools" / "neo4j" / "server.py"
IMAGE = "neo4j:5.26-community"
CONTAINER_SECONDS = 120

settings.register_profile("dev", max_examples=50, deadline=None)
# The same examples each time: what lands is judged by the change, not by the day's luck.
settings.register_profile("ci", max_examples=50, derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def neo4j_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreTarget]:
    """A Neo4j server: NEO4J_URI, else a container, else one assembled from Maven artefacts."""
    if os.environ.get("NEO4J_URI"):
        yield StoreTarget(
            kind="neo4j",
            uri=os.environ["NEO4J_URI"],
            username=os.environ.get("NEO4J_USERNAME", "neo4j"),
            password=os.environ.get("NEO4J_PASSWORD", ""),
            database=os.environ.get("NEO4J_DATABASE"),
        )
    elif _docker_works():
        yield from _container()
    elif shutil.which("java") and shutil.which("mvn"):
        yield from _from_artefacts(tmp_path_factory.mktemp("neo4j"))
    else:
        _refuse("no NEO4J_URI, no container engine, no Java with Maven")


def emptied(target: StoreTarget) -> None:
    """Take everything out of a Neo4j, the mark of its snapshot too."""
    login = (str(target.username), str(target.password))
    with neo4j.GraphDatabase.driver(str(target.uri), auth=login) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")


def _refuse(reason: str) -> None:
    if os.environ.get("CI") or os.environ.get("XINMAI_REQUIRE_SERVERS") == "1":
        pytest.fail(f"a Neo4j server is required here: {reason}")
    pytest.skip(reason)


def _docker_works() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def _container() -> Iterator[StoreTarget]:
    password = secrets.token_hex(16)
    command = ["docker", "run", "--rm", "-d", "-p", "127.0.0.1::7687"]
    command += ["-e", f"NEO4J_AUTH=neo4j/{password}", IMAGE]
    started = subprocess.run(command, capture_output=True, text=True, check=False)
    if started.returncode != 0:
        _refuse(f"the container did not start: {started.stderr.strip()}")
    name = started.stdout.strip()
    try:
        port = subprocess.run(
            ["docker", "port", name, "7687"], capture_output=True, text=True, check=True
        ).stdout.strip()
        target = StoreTarget("neo4j", uri=f"bolt://{port}", username="neo4j", password=password)
        _wait(target)
        yield target
    finally:
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)


def _wait(target: StoreTarget) -> None:
    until = time.monotonic() + CONTAINER_SECONDS
    while True:
        try:
            open_store(target).close()
        except StoreUnavailableError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return


def _from_artefacts(home: Path) -> Iterator[StoreTarget]:
    command = [sys.executable, str(SERVER)]
    started = subprocess.run(
        [*command, "start", "--home", str(home)], capture_output=True, text=True, check=False
    )
    if started.returncode != 0:
        _refuse(f"the server did not start: {started.stderr.strip()[-500:]}")
    try:
        answer = json.loads(started.stdout.splitlines()[-1])
        yield StoreTarget(
            "neo4j", uri=answer["uri"], username=answer["username"], password=answer["password"]
        )
    finally:
        subprocess.run([*command, "stop", "--home", str(home)], check=False)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str


Xinmai = Callable[..., Ran]


def traps(folder: Path) -> None:
    """Write files that are called as modules are: whoever imports one from there ends at once."""
    for name in ("random", "calendar", "grp"):
        (folder / f"{name}.py").write_text("raise SystemExit('run from the folder')", "utf-8")


@pytest.fixture
def xinmai(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Xinmai:
    """The command line as a person calls it: xinmai("load", folder) -> exit code, both outputs."""

    def run(*arguments: object, workspace: Path | None = None) -> Ran:
        for name in [name for name in os.environ if name.startswith(("NEO4J_", "XINMAI_"))]:
            monkeypatch.delenv(name)
        first = ["--workspace", str(workspace)] if workspace else []
        monkeypatch.setattr(sys, "argv", ["xinmai", *first, *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest demonstration world: files/ and truth/."""
    folder = tmp_path_factory.mktemp("world")
    write_world(500, 7, folder, lambda _: None)
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    """A workspace that holds the demonstration world, published to the embedded engine."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    house = open_services(read_settings({}, folder), create=True)
    house.load([world / "files"], None, to_store=True, progress=lambda _: None)
    yield folder
    stop_engine(folder / "graph")
