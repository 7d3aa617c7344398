"""A browser is let show messages, and no more: only push services that are known, only one's own browsers."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app import database
from app.config import PUSH_SERVICES, new_vapid_key
from app.errors import Code, Refusal
from app.models import AuditEntry, PushSubscription
from app.operations.push_subscriptions import check_service
from tests.delivery.test_channels import with_channels
from tests.fixtures.pages import text
from tests.fixtures.phone import NewPhone, Phone
from tests.fixtures.push_service import Browser
from tests.fixtures.study import TinyStudy

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def fields(endpoint: str = ENDPOINT) -> dict[str, str]:
    given = Browser(endpoint).subscription
    return {"endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth}


def open_ones(phone: Phone) -> list[int]:
    with database.reading(phone.url) as session:
        live = select(PushSubscription.participant_id).where(PushSubscription.ended_at.is_(None))
        return list(session.scalars(live))


@pytest.fixture
def pushing(phone: Phone, tiny: TinyStudy) -> Phone:
    """A participant in a study that pushes, on an installation that has a key."""
    with_channels(tiny, "push", "email")
    config = phone.app.config["HEPATICA"]
    phone.app.config["HEPATICA"] = replace(config, vapid_private_key=new_vapid_key())
    return phone


def test_it_begins_and_ends(pushing: Phone) -> None:
    given = fields()
    assert pushing.save("/push", **given).status_code == 204
    assert pushing.save("/push", **given).status_code == 204
    assert open_ones(pushing) == [pushing.participant_id]
    page = text(pushing.get("/preferences"))
    assert "1 phone or browser shows you messages." in page
    assert pushing.save("/push/end", endpoint=given["endpoint"]).status_code == 204
    assert open_ones(pushing) == []
    with database.reading(pushing.url) as session:
        rows = session.scalars(select(PushSubscription)).all()
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("push.%"))).all()
        assert "fcm.googleapis.com" not in rows[0].sealed
    assert sorted(actions) == ["push.end", "push.subscribe"]


def test_all_are_ended_by_a_form_without_scripts(pushing: Phone) -> None:
    for number in range(7):
        pushing.save("/push", **fields(f"{ENDPOINT}{number}"))
    assert len(open_ones(pushing)) == 5
    assert pushing.post("/push/end", participant=str(pushing.participant_id)).status_code == 303
    assert open_ones(pushing) == []


def test_the_part_is_there_for_scripts_alone_and_only_where_it_can_work(
    pushing: Phone, tiny: TinyStudy
) -> None:
    page = pushing.get("/preferences")
    part = page.find(".//section[@id='push']")
    assert part is not None
    assert "hidden" in part.attrib
    assert len(part.attrib["data-key"]) == 87
    assert "push." not in str(pushing.client.get("/worker.js").data.split(b";")[0])
    with_channels(tiny, "email")
    assert pushing.get("/preferences").find(".//section[@id='push']") is None


def test_a_shared_phone_is_that_of_who_asked_last(new_phone: NewPhone) -> None:
    first, second, given = new_phone("P-1").open(), new_phone("P-2").open(), fields()
    for phone in (first, second):
        assert phone.save("/push", **given).status_code == 204
    assert open_ones(first) == [second.participant_id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "https://evil.example/fcm.googleapis.com"},
        {"endpoint": "https://fcm.googleapis.com@evil.example/x"},
        {"endpoint": "http://127.0.0.1:25/x"},
        {"endpoint": "https://127.0.0.1:8443?.push.apple.com/x"},
        {"endpoint": ""},
        {"p256dh": "<script>"},
        {"auth": ""},
    ],
)
def test_nothing_else_is_kept(pushing: Phone, wrong: dict[str, str]) -> None:
    assert pushing.save("/push", **(fields() | wrong)).status_code >= 400
    assert open_ones(pushing) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://db5p.notify.windows.com/w/?token=x",
    ],
)
def test_the_services_of_todays_browsers_are_known(endpoint: str) -> None:
    check_service(endpoint, PUSH_SERVICES)
    with pytest.raises(Refusal) as refused:
        check_service(endpoint, ())
    assert refused.value.code is Code.FAULTY_INPUT


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1:8443?.push.apple.com/x",
        "https://evil.example#.notify.windows.com/x",
        "https://evil.example\\.push.apple.com/x",
        "https://evil.example;.push.apple.com/x",
        "https://evil.example%2f.push.apple.com/x",
        "https://evil.example%00.push.apple.com/x",
        "https://evil.example\x00.push.apple.com/x",
        "https://evil.example .push.apple.com/x",
        "https://evil.example\n.push.apple.com/x",
        "https://web.push.ap\tple.com/x",
        " https://web.push.apple.com/x",
        "https://web.push.apple.com/x y",
        "https://web.push.apple.com/\u00a0",
        "https://evil.example\uff0f.push.apple.com/x",
        "https://web.push.apple.com@evil.example/x",
        "https://web.push.apple.com:443@evil.example/x",
        "https://someone@web.push.apple.com/x",
        "https://@web.push.apple.com/x",
        "https://web.push.apple.com:8443/x",
        "https://web.push.apple.com:0443/x",
        "https://web.push.apple.com:/x",
        "https://web.push.apple.com:x/x",
        "https://web.push.apple.com./x",
        "https://.push.apple.com/x",
        "https://evilpush.apple.com/x",
        "https://xfcm.googleapis.com/x",
        "https://sub.fcm.googleapis.com/x",
        "https://[::1].push.apple.com/x",
        "https://[::1/x",
        "https:/web.push.apple.com/x",
        "https:///web.push.apple.com/x",
        "//web.push.apple.com/x",
        "ftp://web.push.apple.com/x",
        "http://web.push.apple.com/x",
        "http://localhost/x",
    ],
)
def test_what_only_looks_like_a_push_service_is_none(endpoint: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_service(endpoint, PUSH_SERVICES)
    assert refused.value.code is Code.FAULTY_INPUT


@pytest.mark.parametrize("endpoint", ["https://web.push.apple.com:443/x", "https://Web.Push.Apple.com/x"])
def test_the_same_place_may_be_written_otherwise(endpoint: str) -> None:
    check_service(endpoint, PUSH_SERVICES)


def test_on_this_computer_a_port_that_is_named_is_known() -> None:
    check_service("http://127.0.0.1:8443/x", ("127.0.0.1:8443",))
    for wrong in (
        "http://127.0.0.1:8444/x",
        "http://127.0.0.1/x",
        "http://a@127.0.0.1:8443/x",
        "https://127.0.0.1:8443/x",
        "http://push.example.org:8443/x",
    ):
        with pytest.raises(Refusal):
            check_service(wrong, ("127.0.0.1:8443", "push.example.org:8443"))
