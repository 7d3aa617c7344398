"""The pages on which staff change their e-mail address, and what is mailed on the way."""

from tests.fixtures.desk import PASSWORD, StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock

OLD = "coordinator-mad-true-en@example.org"
NEW = "moved@example.org"
BOSS = "administrator-none-true-en@example.org"


def address_in(mailbox: Mailbox, number: int) -> str:
    [line] = [line for line in mailbox.wait(number)[-1].text().splitlines() if "/staff/address/" in line]
    return "/address/" + line.rpartition("/address/")[2]


def test_from_my_sign_in_to_the_notice_in_the_old_mailbox(
    mailbox: Mailbox, coordinator: StaffBrowser, time: Clock
) -> None:
    time.pass_by(minutes=11)
    assert heading(coordinator.get("/me/email")) == "Show again who you are"
    right = coordinator.post("/me/confirm", {"password": PASSWORD, "next": "/staff/me/email"})
    assert right.location == "/staff/me/email"
    for wrong, said in (
        ("no address", "Enter an e-mail address such as name@example.org."),
        (OLD.upper(), "This is your address already."),
    ):
        assert said in coordinator.post("/me/email", {"email": wrong}).get_data(as_text=True)
    assert mailbox.letters == []
    assert coordinator.fill_in("/me/email", {"email": NEW}).location == "/staff/me"
    page = text(coordinator.get("/me"))
    assert "The link is on its way by e-mail." in page
    assert "Waits to be confirmed until" in page
    link = address_in(mailbox, 1)
    assert mailbox.letters[0].recipients == (NEW,)
    anybody = StaffBrowser(coordinator.app, coordinator.url)
    for _ in range(2):  # a scanner that looks confirms nothing
        assert NEW in text(anybody.get(link))
    assert "Waits to be confirmed until" in text(coordinator.get("/me"))
    for _ in range(2):  # nor does a second press do more than the first
        assert anybody.post(link).location == "/staff/me"
    assert [letter.recipients for letter in mailbox.wait(2)] == [(NEW,), (OLD,)]
    notice = mailbox.letters[1].text()
    assert "this one no longer signs you in" in notice
    assert NEW not in notice
    assert "the one that you sign in with" in text(anybody.get("/me"))
    assert heading(coordinator.get("/me")) == "Staff sign-in"
    assert heading(anybody.get(link, status=404)) == "This link no longer works"
    assert anybody.post("/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 401
    assert anybody.post("/sign-in", {"email": NEW, "password": PASSWORD}).status_code == 303


def test_nobody_learns_who_has_an_account(
    mailbox: Mailbox, coordinator: StaffBrowser, administrator: StaffBrowser
) -> None:
    said = []
    for email in (NEW, BOSS):
        coordinator.fill_in("/me/email", {"email": email})
        said.append(text(coordinator.get("/me")).replace(email, "…"))
    assert said[0] == said[1]
    letter = mailbox.wait(2)[1]
    assert letter.recipients == (BOSS,)
    assert "It belongs to your account already" in letter.text()
    assert "/staff/address/" not in letter.text()
    coordinator.post("/me/email/cancel")
    assert "Waits to be confirmed until" not in text(coordinator.get("/me"))


def test_an_administrator_helps_someone_who_lost_their_mailbox(
    mailbox: Mailbox, coordinator: StaffBrowser, administrator: StaffBrowser, time: Clock
) -> None:
    person = f"/people/{coordinator.actor.id}"
    refused = administrator.fill_in(f"{person}/email", {"email": BOSS, "reason": "x"}, status=409)
    assert "Someone has this address already." in refused.get_data(as_text=True)
    administrator.fill_in(f"{person}/email", {"email": NEW, "reason": ""}, status=422)
    assert mailbox.letters == []
    mailbox.refuse[OLD] = "550 gone"
    administrator.fill_in(f"{person}/email", {"email": NEW, "reason": "mailbox lost, called her"})
    page = text(administrator.get(person))
    assert "Waits to be confirmed until" in page
    assert "mailbox lost, called her" in page
    assert StaffBrowser(administrator.app, "").post(address_in(mailbox, 1)).status_code == 303
    page = text(administrator.get(person))
    assert f"email: {OLD} →" in page
    assert "fate: failed" in page  # the notice: there is no old mailbox to read it
    time.pass_by(minutes=11)
    assert heading(administrator.get(f"{person}/email")) == "Show again who you are"
