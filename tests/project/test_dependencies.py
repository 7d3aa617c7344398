"""docs/dependencies.md and the requirements say the same, and nothing is asked for that is not used."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("app", "analysis", "bench", "migrations", "scripts", "studies", "tests")
FILES = {"requirements.in": "To run", "requirements-dev.in": "To test and check"}
# Packages that belong to another one's public interface, so that it alone is asked for.
COME_WITH = {
    "werkzeug": "flask",
    "jinja2": "flask",
    "markupsafe": "flask",
    "pydantic_core": "pydantic",
    "joserfc": "authlib",
}


@dataclass(frozen=True)
class Line:
    """A line of the page."""

    package: str
    versions: str
    licence: str
    where: str
    why: str


def page() -> str:
    return (ROOT / "docs" / "dependencies.md").read_text()


def lines(heading: str) -> list[Line]:
    section = page().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [Line(*row) for row in rows[2:]]


def all_lines() -> list[Line]:
    return [*lines("To run"), *lines("To test and check")]


def asked_for(file: str) -> dict[str, str]:
    """Return the version range of each package that a .in file names."""
    found = re.findall(r"^([a-z][a-z0-9-]*)(?:\[[a-z]+\])?(.*)$", (ROOT / file).read_text(), re.MULTILINE)
    return {name: versions or "any" for name, versions in found}


@cache
def imported() -> frozenset[str]:
    """Return the top-level modules that the project's files import."""
    paths = chain.from_iterable((ROOT / tree).rglob("*.py") for tree in CODE)
    return frozenset(chain.from_iterable(map(imported_by, paths)))


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("file", FILES)
def test_every_package_asked_for_has_its_line_with_the_same_versions(file: str) -> None:
    assert {line.package: line.versions for line in lines(FILES[file])} == asked_for(file)


@pytest.mark.parametrize("line", all_lines(), ids=lambda line: line.package)
def test_every_package_is_used_where_its_line_says(line: Line) -> None:
    packages = {each.package for each in all_lines()}
    kind, _, object_ = line.where.rpartition(" ")
    match kind:
        case "`import":
            assert object_.strip("`") in imported()
        case "tool in":
            command = {"import-linter": "lint-imports", "pytest-xdist": "--numprocesses"}.get(
                line.package, line.package
            )
            assert command in (ROOT / object_.strip("`")).read_text()
        case "needed by" | "types of":
            assert object_ in packages
        case _:
            pytest.fail(f"{line.where!r} is neither `import x`, tool in `file`, needed by x nor types of x")


@pytest.mark.parametrize("line", all_lines(), ids=lambda line: line.package)
def test_every_line_names_a_licence_and_a_reason(line: Line) -> None:
    assert line.licence
    assert line.why.endswith(".")


def test_nothing_is_imported_that_is_not_asked_for() -> None:
    ours = {*CODE, "wsgi"}
    foreign = imported() - sys.stdlib_module_names - ours
    packages = packages_distributions()
    names = {
        name.lower() for module in foreign for name in packages.get(COME_WITH.get(module, module), [module])
    }
    assert names <= {line.package for line in all_lines()}


@pytest.mark.parametrize("file", FILES)
def test_every_package_asked_for_is_pinned(file: str) -> None:
    assert set(asked_for(file)) <= set(pins(file.replace(".in", ".txt")))


def pins(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", (ROOT / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_index(file: str) -> None:
    text = (ROOT / file).read_text()
    requirements = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    assert all(
        re.match(r"[a-z0-9-]+==\S+ \\\n    --hash=sha256:", each) for each in requirements if each.strip()
    )
    assert "://" not in text


def test_what_runs_and_what_tests_agree_on_versions() -> None:
    to_run, to_test = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: to_test[name] for name in to_run.keys() & to_test.keys()} == {
        name: to_run[name] for name in to_run.keys() & to_test.keys()
    }
