"""No line that the server writes holds a participant's token."""

import logging
import runpy
from pathlib import Path

import pytest

from app.formats import link_token

FILE = Path(__file__).parents[2] / "gunicorn.conf.py"


TOKEN = link_token.sign(2**31 - 1, ("a key",))


@pytest.mark.parametrize("address", ["/P/{}", "/p//{}", "/p/./{}", "/P%2F{}", "/{}", "/staff/p/ {}"])
def test_a_token_is_cut_out_of_an_address_that_was_mistyped(address: str) -> None:
    for token in (TOKEN, TOKEN.lower()):
        record = logging.LogRecord("a", logging.INFO, "", 0, "%s", (address.format(token),), None)
        runpy.run_path(str(FILE))["WithoutTokens"]().filter(record)
        assert token.split(".")[1] not in record.getMessage()


@pytest.mark.parametrize("address", ["/static/phone.c43cf436.css", "/staff/participants/MAD-1.a_long-code"])
def test_other_addresses_stay_whole(address: str) -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "%s", (address,), None)
    runpy.run_path(str(FILE))["WithoutTokens"]().filter(record)
    assert record.getMessage() == address


@pytest.mark.parametrize(
    ("message", "arguments", "written"),
    [
        ('"GET %s" 200', ("/p/eyJpZCI6MX0.aBc-_9",), '"GET /p/..." 200'),
        (
            "Error handling request %s %s",
            ("POST", "/p/a/b?to=ar"),
            "Error handling request POST /p/.../b?to=ar",
        ),
        (
            "Invalid request 'https://trial.example/p/secret'",
            (),
            "Invalid request 'https://trial.example/p/...'",
        ),
        ('"GET %s" 200', ("/staff/participants",), '"GET /staff/participants" 200'),
    ],
)
def test_tokens_are_cut_out(message: str, arguments: tuple[str, ...], written: str) -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, message, arguments, None)
    runpy.run_path(str(FILE))["WithoutTokens"]().filter(record)
    assert record.getMessage() == written


def test_the_access_log_names_no_address_no_query_and_no_referer() -> None:
    settings = runpy.run_path(str(FILE))
    assert not {"%(h)s", "%(r)s", "%(q)s", "%(f)s", "%(a)s"} & set(settings["access_log_format"].split())
    handlers = settings["logconfig_dict"]["handlers"].values()
    assert all(handler["filters"] == ["without_tokens"] for handler in handlers)
