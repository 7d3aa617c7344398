"""Every page says who may see it."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.domain.actor import ROLES
from app.web import create_app
from app.web.gate import public, staff_only
from app.web.headers import POLICY
from app.web.static_files import FOLDER, TOGETHER
from tests.fixtures.pages import heading, whole
from tests.fixtures.phone import Phone, configured

DECLARED = {("public",), ("participant",)}


@pytest.fixture
def app(sqlite_url: str) -> Flask:
    return create_app(configured(sqlite_url))


def _allowed(app: Flask, rule: Rule) -> tuple[str, ...]:
    return getattr(app.view_functions[rule.endpoint], "__allowed__", ())


def test_every_route_declares_who_may_see_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        allowed = _allowed(app, rule)
        known = allowed in DECLARED or (allowed and set(allowed) <= set(ROLES))
        assert known, f"{rule} ({rule.endpoint}) says {allowed}"


def test_addresses_and_declarations_agree(app: Flask) -> None:
    open_to_all = set()
    for rule in app.url_map.iter_rules():
        allowed = _allowed(app, rule)
        if allowed == ("public",):
            open_to_all.add(rule.rule)
        else:
            assert rule.rule.startswith("/staff") == (allowed != ("participant",)), rule
    assert {rule for rule in open_to_all if not rule.startswith("/staff/sign-")} == {
        "/staff/password",
        "/staff/password/<token>",
        "/staff/address/<token>",
        "/p/<token>",
        "/p/<token>/ask",
        "/asked",
        "/code",
        "/left",
        "/manifest.webmanifest",
        "/stop/<token>",
        "/hooks/<channel>",
        "/offline",
        "/worker.js",
        "/text-size",
        "/static/<path:address>",
    }


def test_a_page_that_says_nothing_is_shown_to_nobody(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    response = app.test_client().get("/forgotten")
    assert response.status_code == 403
    assert heading(whole(response)) == "You may not do this"


def test_staff_pages_need_roles() -> None:
    with pytest.raises(ValueError, match="which roles"):
        staff_only()


def test_a_participant_is_nobody_on_staff_pages(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def secret() -> str:
        return "secret"

    # Another test has this application after this one.
    monkeypatch.setitem(phone.app.view_functions, "participant.left", staff_only("administrator")(secret))
    phone.client.set_cookie("hepatica_s", "invented")
    response = phone.client.get("/left")
    assert response.status_code == 401


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_an_address_that_leads_nowhere(app: Flask, language: str) -> None:
    response = app.test_client().get("/nowhere", headers={"Accept-Language": language})
    assert response.status_code == 404
    assert whole(response).get("lang") == language
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_a_page_too_and_logs_no_token(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: str) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setitem(app.view_functions, "participant.link", public(broken))
    response = app.test_client().get("/p/a-secret-token")
    assert response.status_code == 500
    assert heading(whole(response)) == "Something went wrong on our side"
    assert "a bug" in caplog.text
    assert "a-secret-token" not in caplog.text


def test_a_method_that_a_page_does_not_know(app: Flask) -> None:
    response = app.test_client().put("/today")
    assert response.status_code == 405
    assert heading(whole(response)) == "That did not arrive whole"


def test_pages_are_compressed(phone: Phone) -> None:
    for encoding in ("br", "gzip"):
        response = phone.client.get("/today", headers={"Accept-Encoding": encoding})
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Vary"] == "Accept-Encoding"


def test_no_part_of_the_style_sheet_of_staff_is_left_out() -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("staff/*.css")}
    assert sorted(TOGETHER["staff.css"]) == sorted(there)


def test_static_files_are_compressed_and_kept_for_ever(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/p/x").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    sizes = {}
    for encoding in ("br", "gzip", "identity"):
        response = client.get(address, headers={"Accept-Encoding": encoding})
        assert response.headers["Cache-Control"] == "max-age=31536000, immutable"
        assert response.headers.get("Content-Encoding", "identity") == encoding
        sizes[encoding] = len(response.data)
    assert sizes["br"] < sizes["gzip"] < sizes["identity"]
    assert client.get("/static/phone.00000000.css").status_code == 404
    assert client.get("/static/../__init__.py").status_code == 404
