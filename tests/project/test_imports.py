"""What is loaded when a part is imported: each part costs only what it needs, and rules stay pure."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import COMMANDS

ROOT = Path(__file__).parents[2]
EVERY_COMMAND = ", ".join(f"app.cli.{name}" for name in COMMANDS)


def loaded_by(module: str) -> set[str]:
    """Return the top-level modules that a fresh Python holds after importing a module."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("analysis.__main__", {"flask", "wtforms", "werkzeug"}),
        ("analysis.estimators", {"app", "sqlalchemy", "matplotlib"}),
        ("app.web", {"pandas", "numpy", "scipy", "matplotlib", "lifelines", "analysis"}),
        (EVERY_COMMAND, {"flask", "wtforms", "pandas", "matplotlib", "lifelines", "analysis"}),
        # Eight of them start, and start again after a kill: a second of the processor each time.
        ("app.cli.worker", {"alembic", "apprise", "pywebpush", "requests"}),
        ("app.domain", {"sqlalchemy", "flask", "pydantic", "babel"}),
    ],
)
def test_importing_a_part_does_not_load(module: str, unwanted: set[str]) -> None:
    loaded = loaded_by(module)
    assert module.split(".")[0] in loaded
    assert not loaded & unwanted


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "domain").rglob("*.py")), ids=lambda path: path.name)
def test_the_domain_imports_the_standard_library_and_errors_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            ours = name.startswith("app.domain") or name in ("app.errors", "app")
            assert ours or name.split(".")[0] in sys.stdlib_module_names, f"line {node.lineno}: {name}"
