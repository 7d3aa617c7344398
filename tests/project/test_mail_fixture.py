"""Mail goes to the test's own server, or nowhere."""

import smtplib
from email.message import EmailMessage

import pytest

from tests.fixtures.mail import Mailbox


def letter(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "trial@example.org", to, "问卷 استبيان"
    message.set_content("请回答\n")
    return message


def test_what_is_sent_arrives_decoded(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.port) as smtp:
        smtp.send_message(letter("ana@example.org"))
    [arrived] = mailbox.wait(1)
    assert (arrived.subject, arrived.text()) == ("问卷 استبيان", "请回答\n")
    assert mailbox.to("ana@example.org") == [arrived]


def test_it_refuses_whom_it_is_told_to(mailbox: Mailbox) -> None:
    mailbox.refuse["nobody@example.org"] = "550 No such user"
    with smtplib.SMTP("127.0.0.1", mailbox.port) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.send_message(letter("nobody@example.org"))
    assert not mailbox.letters


def test_a_test_that_sends_mail_elsewhere_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    pytester.makepyfile(
        """
        import smtplib

        def test_swallows_the_refusal():
            try:
                smtplib.SMTP("127.0.0.1", 9)
            except OSError:
                pass
        """
    )
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    result = pytester.runpytest_subprocess("-p", "tests.fixtures.mail", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the test tried to send mail to 127.0.0.1:9*"])
