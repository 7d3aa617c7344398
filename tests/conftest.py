"""Fixtures live in tests/fixtures/, one file a concept."""

pytest_plugins = [
    "pytester",
    "tests.fixtures.quick",
    "tests.fixtures.instance",
    "tests.fixtures.postgresql",
    "tests.fixtures.database",
    "tests.fixtures.study",
    "tests.fixtures.alarming",
    "tests.fixtures.staff_form",
    "tests.fixtures.past",
    "tests.fixtures.phone",
    "tests.fixtures.kinds",
    "tests.fixtures.mail",
    "tests.fixtures.gateway",
    "tests.fixtures.push_service",
    "tests.fixtures.desk",
    "tests.fixtures.provider",
    "tests.fixtures.pseudo_language",
    "tests.fixtures.server",
    "tests.fixtures.browser",
]
