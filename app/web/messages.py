"""What people read when Hepatica says no: a title, what to do now, and the HTTP status, for every code."""

from dataclasses import dataclass

from app.errors import Code, Refusal
from app.i18n import gettext

STATUS: dict[Code, int] = {
    Code.NOT_CONFIGURED: 500,
    Code.NOT_FOUND: 404,
    Code.NOT_ALLOWED: 403,
    Code.TOO_MANY_ATTEMPTS: 429,
    Code.TOO_MANY_TODAY: 429,
    Code.LINK_INVALID: 401,
    Code.SIGN_IN_FAILED: 401,
    Code.FAULTY_INPUT: 422,
    Code.DATE_IN_FUTURE: 422,
    Code.DATE_OUT_OF_ORDER: 422,
    Code.UNKNOWN_CODE: 422,
    Code.LANGUAGE_NOT_OFFERED: 422,
    Code.REASON_NEEDED: 422,
    Code.SIGNATURE_NEEDED: 422,
    Code.FILE_NOT_TAKEN: 422,
    Code.FILE_TOO_LARGE: 413,
    Code.CODE_WRONG: 422,
    Code.PASSKEY_REFUSED: 422,
    Code.PROVIDER_REFUSED: 403,
    Code.SECOND_FACTOR_NEEDED: 403,
    Code.IDENTITY_NEEDED: 403,
    Code.SITE_NEEDED: 422,
    Code.NOT_DELEGATED: 403,
    Code.BLINDED: 403,
}
OTHERWISE = 409


@dataclass(frozen=True)
class Words:
    """What stands on the page of a refusal."""

    title: str
    advice: str


def status(code: Code) -> int:
    """Return the HTTP status that goes with a code."""
    return STATUS.get(code, OTHERWISE)


def words(refusal: Refusal) -> Words:
    """Return a refusal in the language in use; its detail is for logs and never shown."""
    return _words()[refusal.code]


def broken() -> Words:
    """Return the words for a fault of ours."""
    return Words(
        gettext("Something went wrong on our side"),
        gettext("What was saved before is safe. Please try again in a few minutes."),
    )


def not_understood() -> Words:
    """Return the words for a request that makes no sense, such as a form cut off on its way."""
    return Words(
        gettext("That did not arrive whole"),
        gettext("Please go back, open the page again and try once more."),
    )


def too_much() -> Words:
    """Return the words for a form that is longer than any that our pages send."""
    return Words(
        gettext("That is too much at once"), gettext("Please shorten what you entered, then send it again.")
    )


def too_long_a_file() -> Words:
    """Return the words for a file that is longer than is taken."""
    return _words()[Code.FILE_TOO_LARGE]


def _words() -> dict[Code, Words]:
    return {
        Code.NOT_CONFIGURED: broken(),
        Code.NOT_FOUND: Words(
            gettext("There is no such page"), gettext("Check the address, or go back to where you came from.")
        ),
        Code.NOT_ALLOWED: Words(
            gettext("You may not do this"),
            gettext("Ask the study team if you think that you should be able to."),
        ),
        Code.TOO_MANY_ATTEMPTS: Words(
            gettext("Too many attempts"), gettext("Please wait 15 minutes, then try again.")
        ),
        Code.TOO_MANY_TODAY: Words(
            gettext("Too many attempts today"),
            gettext("Please try again tomorrow, or call the study team: they can give you a new link."),
        ),
        Code.LINK_INVALID: Words(
            gettext("Please open your link again"),
            gettext(
                "Use the link or the square code that the study team gave you. If it no longer works, "
                "call the study team: they will send you a new one. Answers that were saved are safe."
            ),
        ),
        Code.SIGN_IN_FAILED: Words(
            gettext("Please sign in"),
            gettext("You are signed out, or the e-mail address or password is wrong."),
        ),
        Code.FAULTY_INPUT: Words(gettext("Something needs to be corrected"), gettext("Nothing was changed.")),
        Code.NO_CONSENT: Words(
            gettext("There is no consent yet"), gettext("Record the consent first. Nothing was changed.")
        ),
        Code.OCCASION_NOT_OPEN: Words(
            gettext("These questions cannot be answered now"),
            gettext("Their time has not come yet, or it is over. Your next questions are on the first page."),
        ),
        Code.ALREADY_SENT: Words(
            gettext("Your answers were sent already"),
            gettext("They arrived. You do not need to do anything more."),
        ),
        Code.ALREADY_RECORDED: Words(
            gettext("This is recorded already"),
            gettext("Nothing was changed. Open the page again to see it."),
        ),
        Code.CHANGED_MEANWHILE: Words(
            gettext("This was changed meanwhile"),
            gettext("Nothing was changed. Open the page again to see it."),
        ),
        Code.WITHDRAWN: Words(gettext("This person has withdrawn"), gettext("Nothing was changed.")),
        Code.DEAD: Words(gettext("This person has died"), gettext("Nothing was changed.")),
        Code.NO_ADDRESS: Words(
            gettext("There is no e-mail address"), gettext("Enter one among the contact details first.")
        ),
        Code.DATE_IN_FUTURE: Words(
            gettext("The date lies in the future"), gettext("Enter a date that is not after today.")
        ),
        Code.DATE_OUT_OF_ORDER: Words(
            gettext("The dates are not in order"), gettext("The end cannot come before the beginning.")
        ),
        Code.UNKNOWN_CODE: Words(
            gettext("That is not one of the choices"),
            gettext("Choose one of those offered. Nothing was changed."),
        ),
        Code.LANGUAGE_NOT_OFFERED: Words(
            gettext("This language is not offered"),
            gettext("Choose one of those offered. Nothing was changed."),
        ),
        Code.REASON_NEEDED: Words(
            gettext("A reason is needed"), gettext("Say why, for those who read it later.")
        ),
        Code.SIGNATURE_NEEDED: Words(
            gettext("This has to be signed"),
            gettext("Enter your password to sign, or use a passkey. Nothing was changed."),
        ),
        Code.FILE_NOT_TAKEN: Words(
            gettext("This file cannot be taken"),
            gettext("Attach a PDF, PNG, JPEG or plain text file whose name ends accordingly."),
        ),
        Code.FILE_TOO_LARGE: Words(
            gettext("This file is too large"), gettext("Attach a smaller file. Nothing was changed.")
        ),
        Code.CODE_WRONG: Words(
            gettext("The code is wrong, or was used before"),
            gettext("Wait until the app shows the next one, and enter that."),
        ),
        Code.PASSKEY_REFUSED: Words(
            gettext("The passkey was not accepted"),
            gettext("Try again, or choose another way to sign in."),
        ),
        Code.PROVIDER_REFUSED: Words(
            gettext("Your organisation’s sign-in did not let you in"),
            gettext("Sign in with your password, or ask an administrator whether you have an account."),
        ),
        Code.SECOND_FACTOR_NEEDED: Words(
            gettext("You may not do this"),
            gettext("Set up a second step before you go on: a passkey, or an app that shows codes."),
        ),
        Code.IDENTITY_NEEDED: Words(gettext("Show again who you are"), gettext("Nothing was changed.")),
        Code.DEACTIVATED: Words(gettext("This account is deactivated"), gettext("Nothing was changed.")),
        Code.LAST_ADMINISTRATOR: Words(
            gettext("Nobody else could administer this"),
            gettext("Make somebody else an administrator first. Nothing was changed."),
        ),
        Code.SITE_NEEDED: Words(gettext("A site is needed"), gettext("A coordinator belongs to one site.")),
        Code.NOT_DELEGATED: Words(
            gettext("No delegation of yours is in force"),
            gettext("You can read, and record nothing. Ask an administrator to record your delegation."),
        ),
        Code.BLINDED: Words(
            gettext("You are blinded"),
            gettext("The report tells the arms. An administrator decides who may open it."),
        ),
        Code.IN_USE: Words(gettext("This is still in use"), gettext("Nothing was changed.")),
    }
