"""The server of the screens lives and dies with the command that started it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import traps

SECONDS = 180


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(port: int, *, until: bool) -> bool:
    end = time.monotonic() + SECONDS
    while _answers(port) is not until and time.monotonic() < end:
        time.sleep(0.2)
    return _answers(port) is until


def test_ending_the_command_ends_the_server_and_no_file_beside_it_is_run(tmp_path: Path) -> None:
    # Somebody stands in a folder with files that are called as modules are.
    traps(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = "from app.cli import main; main()"
    words = ["--workspace", str(tmp_path / "w"), "app", "--port", str(port)]
    line = [sys.executable, "-P", "-c", call, *words]
    running = subprocess.Popen(line, env=dict(os.environ), cwd=tmp_path)
    try:
        assert _wait(port, until=True), "the app did not start"

        running.send_signal(signal.SIGTERM)
        running.wait(timeout=SECONDS)

        assert _wait(port, until=False), "the server outlived its command"
    finally:
        running.kill()
        running.wait()
