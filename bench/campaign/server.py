"""gunicorn on one port, as in use, that may be killed at any moment and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_AT_MOST = 60.0


def free_port() -> int:
    """Return a port that nobody has just now; the server binds it again after each kill."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Server:
    """A server with a database, its settings and its log."""

    database_url: str
    log: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | {
            "DATABASE_URL": self.database_url,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            **self.settings,
        }
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that it can be killed with its workers, and nothing else
            )
        limit = time.perf_counter() + START_AT_MOST
        while time.perf_counter() < limit and self._process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.request("HEAD", "/")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End it with its workers in the middle of whatever they do."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def kill_a_worker(self, which: int) -> None:
        """End one worker; gunicorn starts another."""
        workers = self._workers()
        if workers:
            with suppress(ProcessLookupError):
                os.kill(workers[which % len(workers)], signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order, if it runs."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def exceptions(self) -> list[str]:
        """Return the last line of every traceback in its log."""
        found, inside = [], False
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("Traceback"):
                inside = True
            elif inside and line[:1].strip():
                found.append(line)
                inside = False
        return found

    def _workers(self) -> list[int]:
        if self._process is None:
            return []
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(each) for task in tasks for each in task.read_text().split()]
