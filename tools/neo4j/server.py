"""Run a Neo4j Community server from Maven artefacts on the loopback, for tests and trials.

`python tools/neo4j/server.py start --home DIR [--port P] [--jars DIR]` prints {"uri", "username",
"password", "pid"}; `python tools/neo4j/server.py stop --home DIR` ends it. Needs Java 17 or newer,
and Maven at the first start. Neo4j Community is GPLv3: a process of its own, never shipped.
"""

import argparse
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
LOOPBACK = "127.0.0.1"
USERNAME = "neo4j"
ANSWER_FILE = "server.json"
KEPT_FILE = "password"
LOG_FILE = "server.out"
# Bolt's magic and four proposals, of which only the first asks for something (5.4 down to 5.0).
HANDSHAKE = b"\x60\x60\xb0\x17" + b"\x00\x04\x04\x05" + bytes(12)
# 5 s on a quiet machine, 14 s measured on a busy one.
START_SECONDS = 120.0
STOP_SECONDS = 20.0
PAUSE_SECONDS = 0.2
CONFIGURATION = """\
server.default_listen_address={host}
server.bolt.listen_address={host}:{port}
server.bolt.advertised_address={host}:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size=128m
db.tx_log.rotation.retention_policy=keep_none
"""
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")


def version() -> str:
    """Return the version of Neo4j that pom.xml pins."""
    found = re.search(r"<neo4j\.version>([^<]+)<", POM.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{POM} pins no neo4j.version")
    return found[1]


def fetch(jars: Path) -> None:
    """Fill `jars` with the server's artefacts unless an earlier run finished doing so."""
    done = jars / "complete"
    if done.exists():
        return
    jars.mkdir(parents=True, exist_ok=True)
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
    subprocess.run([*command, f"-DoutputDirectory={jars}"], check=True, stdout=sys.stderr)
    done.touch()


def start(home: Path, port: int, jars: Path, heap: str) -> dict[str, str | int]:
    """Start the server of `home` and wait until it answers; a new home gets a random password.

    SystemExit where the home was used before and does not hold its password.
    """
    fetch(jars)
    port = port or free_port()
    configuration = home / "conf"
    configuration.mkdir(parents=True, exist_ok=True)
    text = CONFIGURATION.format(host=LOOPBACK, port=port, heap=heap)
    (configuration / "neo4j.conf").write_text(text, encoding="utf-8")
    classes = ["-cp", f"{jars}/*"]
    places = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(configuration)}
    password = password_of(home, classes, places)
    flags = ["-XX:+UseG1GC", f"-Xms{heap}", f"-Xmx{heap}", "--enable-native-access=ALL-UNNAMED"]
    flags += [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED]
    folders = [f"--home-dir={home}", f"--config-dir={configuration}"]
    with (home / LOG_FILE).open("ab") as log:
        server = subprocess.Popen(
            ["java", *flags, *classes, "org.neo4j.server.CommunityEntryPoint", *folders],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=places,
            start_new_session=True,
        )
    wait(server, port, home)
    answer: dict[str, str | int] = {
        "uri": f"bolt://{LOOPBACK}:{port}",
        "username": USERNAME,
        "password": password,
        "pid": server.pid,
    }
    file = home / ANSWER_FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps(answer), encoding="utf-8")
    return answer


def password_of(home: Path, classes: list[str], places: dict[str, str]) -> str:
    """Return the password of `home`, set now where no server ever ran there."""
    file = home / KEPT_FILE
    # Once it has accounts the server passes over another first password without a word.
    if (home / "data" / "databases" / "system").exists():
        if not file.exists():
            raise SystemExit(f"{home} was used before and does not hold its password: {file}")
        return file.read_text(encoding="utf-8")
    # The first password can be set only while the folder of accounts is new.
    for old in (home / "data" / "dbms").glob("auth*"):
        old.unlink()
    # Hexadecimal: a password that opens with a dash would be read as an option.
    password = secrets.token_hex(24)
    tool = ["java", *classes, "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", password]
    subprocess.run(tool, check=True, env=places, stdout=sys.stderr)
    file.touch(mode=0o600)
    file.write_text(password, encoding="utf-8")
    return password


def wait(server: subprocess.Popen[bytes], port: int, home: Path) -> None:
    """Return when the server answers Bolt; SystemExit if it ended or took too long."""
    until = time.monotonic() + START_SECONDS
    while not answers(port):
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            raise SystemExit(f"Neo4j did not start; see {home / LOG_FILE}")
        time.sleep(PAUSE_SECONDS)


def answers(port: int) -> bool:
    """Return whether something speaks Bolt at `port`; an open port alone is not enough."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as line:
            line.sendall(HANDSHAKE)
            return len(line.recv(4)) == len(HANDSHAKE[:4])
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as line:
        line.bind((LOOPBACK, 0))
        return int(line.getsockname()[1])


def stop(home: Path) -> None:
    """End the server of `home`; nothing to do where none runs."""
    file = home / ANSWER_FILE
    if not file.exists():
        return
    pid = int(json.loads(file.read_text(encoding="utf-8"))["pid"])
    file.unlink()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until and alive(pid):
            time.sleep(PAUSE_SECONDS)
        if not alive(pid):
            return


def alive(pid: int) -> bool:
    """Return whether the process runs; a child that ended is collected on the way."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return Path(f"/proc/{pid}").exists()


def main() -> None:
    """Read the command line, start or stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("action", choices=("start", "stop"))
    parser.add_argument("--home", type=Path, required=True, help="data, configuration and log")
    parser.add_argument("--port", type=int, default=0, help="Bolt port; a free one if not given")
    parser.add_argument("--heap", default="512m", help="memory of the server, as in 512m, 2g")
    cache = Path.home() / ".cache" / "xinmai" / f"neo4j-{version()}"
    parser.add_argument("--jars", type=Path, default=cache, help="folder of the artefacts")
    given = parser.parse_args()
    home = given.home.resolve()
    if given.action == "stop":
        stop(home)
    else:
        print(json.dumps(start(home, given.port, given.jars.resolve(), given.heap)))


if __name__ == "__main__":
    main()
