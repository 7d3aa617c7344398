"""The scripts say what they need when they may not install it, and refuse what cannot work in plain words."""

import os
import pwd
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def without_privileges() -> list[str]:
    """Return what to put before a command so that it is not root, and sudo cannot help it."""
    if os.geteuid() != 0:
        return ["setpriv", "--no-new-privs", "--"]
    nobody = pwd.getpwnam("nobody")
    identity = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    return ["setpriv", "--no-new-privs", *identity, "--"]


def test_missing_system_packages_are_named_with_the_command_that_installs_them() -> None:
    # As text: whoever runs it may not be allowed to look into this directory.
    script = (ROOT / "scripts" / "system-packages").read_text()
    packages = ["bash", "no-such-package", "nor-this"]
    done = run(*without_privileges(), "bash", "-c", script, "system-packages", *packages)
    assert done.returncode == 1
    assert "Missing: no-such-package nor-this." in done.stderr
    assert "sudo apt-get install --yes --no-install-recommends no-such-package nor-this" in done.stderr


def test_system_packages_that_are_there_need_no_privilege() -> None:
    assert run("scripts/system-packages", "bash", "coreutils").returncode == 0


def test_running_on_a_port_that_is_taken_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("scripts/run", PORT=str(port))
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {port}" in done.stderr
    assert "make run PORT=8001" in done.stderr


def test_running_on_a_port_that_is_none_says_so() -> None:
    done = run("scripts/run", PORT="eighty")
    assert done.returncode == 1
    assert "port eighty" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = run("scripts/bench", "nothing")
    assert done.returncode == 1
    assert "No benchmark 'nothing'" in done.stderr
