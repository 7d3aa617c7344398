"""A response as staff see it: what counts, and what two devices said of the same question."""

from tests.fixtures.desk import StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock, NewPhone, Phone


def _kept(phone: Phone, entry_id: str, *, waited: int, **answers: str) -> None:
    """Send one answer that waited on a phone for some seconds."""
    ((item, value),) = answers.items()
    form = {item: value, f"{item}:id": entry_id, f"{item}:at": "0", "clock": str(waited * 1000)}
    assert phone.save(phone.survey(), do="save", **form).status_code == 200


def _page(coordinator: StaffBrowser) -> str:
    return text(coordinator.get("/participants/P-1/responses/1").find(".//main"))


def test_the_later_answer_of_two_devices_counts_and_staff_see_both(
    new_phone: NewPhone, coordinator: StaffBrowser, time: Clock
) -> None:
    first = new_phone("P-1").open()
    second = first.another().open()
    time.pass_by(hours=1)
    _kept(second, "later", waited=60, itch="4")  # arrives first, was given last
    _kept(first, "earlier", waited=600, itch="1")
    page = _page(coordinator)
    assert "Some questions were answered differently on two devices" in page
    assert "Always Given as well: Seldom" in page
    assert "device 1" in page
    assert "device 2" in page
    assert "answered differently on two devices" in text(coordinator.get("/participants/P-1").find(".//main"))


def test_the_same_answer_on_two_devices_is_no_difference(
    new_phone: NewPhone, coordinator: StaffBrowser, time: Clock
) -> None:
    first = new_phone("P-1").open()
    second = first.another().open()
    _kept(second, "one", waited=0, itch="4")
    _kept(first, "two", waited=0, itch="4")
    assert "answered differently" not in _page(coordinator)


def test_an_answer_given_after_the_sending_is_kept_and_does_not_count(
    new_phone: NewPhone, coordinator: StaffBrowser, time: Clock
) -> None:
    first = new_phone("P-1").open()
    second = first.another().open()
    first.press(first.survey(), "send", itch="3", sleep="0")
    time.pass_by(hours=1)
    _kept(second, "late", waited=60, itch="1")
    page = _page(coordinator)
    assert "Often Given as well: Seldom" in page
    assert "after the sending: does not count" in page


def test_an_answer_given_before_the_sending_counts_although_it_arrives_after_it(
    new_phone: NewPhone, coordinator: StaffBrowser, time: Clock
) -> None:
    first = new_phone("P-1").open()
    second = first.another().open()
    _kept(first, "early", waited=0, itch="3")
    time.pass_by(hours=1)
    first.press(first.survey(), "send", sleep="0")
    time.pass_by(hours=1)
    _kept(second, "late", waited=5400, itch="1")  # half an hour before the sending
    assert "Seldom Given as well: Often" in _page(coordinator)
