"""Refusals on the command line: plain words on standard error and exit code 2, never a traceback."""

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.errors import Code, FaultyInput, Refusal

REFUSED = 2

_WORDS = {
    Code.NOT_CONFIGURED: "The installation is not configured",
    Code.NOT_FOUND: "There is no such thing, or you may not see it",
    Code.NOT_ALLOWED: "That is not allowed",
    Code.TOO_MANY_ATTEMPTS: "There were too many attempts; wait a quarter of an hour",
    Code.TOO_MANY_TODAY: "There were too many attempts today; wait until tomorrow",
    Code.LINK_INVALID: "This link does not work any more; issue another",
    Code.SIGN_IN_FAILED: "Signing in failed",
    Code.FAULTY_INPUT: "The input has faults, and nothing was changed",
    Code.NO_CONSENT: "There is no consent on record; record it first",
    Code.OCCASION_NOT_OPEN: "This visit is not open for answers",
    Code.ALREADY_SENT: "These answers have been sent already",
    Code.ALREADY_RECORDED: "That is recorded already",
    Code.CHANGED_MEANWHILE: "That was changed meanwhile",
    Code.WITHDRAWN: "The participant has withdrawn from that",
    Code.DEAD: "The participant has died",
    Code.NO_ADDRESS: "There is no address to write to",
    Code.DATE_IN_FUTURE: "A date lies in the future",
    Code.DATE_OUT_OF_ORDER: "Dates stand in an order that cannot be",
    Code.UNKNOWN_CODE: "The study has no such code",
    Code.LANGUAGE_NOT_OFFERED: "The study does not offer that language",
    Code.REASON_NEEDED: "A reason is needed",
    Code.SIGNATURE_NEEDED: "This reading has to be signed, on its page",
    Code.FILE_NOT_TAKEN: "This file is no PDF, PNG, JPEG or plain text file, or not by its name",
    Code.FILE_TOO_LARGE: "This file is too large",
    Code.CODE_WRONG: "The code is wrong",
    Code.PASSKEY_REFUSED: "The passkey was not accepted",
    Code.PROVIDER_REFUSED: "The sign-in provider did not accept this",
    Code.SECOND_FACTOR_NEEDED: "A second step is needed to sign in",
    Code.IDENTITY_NEEDED: "Who asks has to show again who they are",
    Code.DEACTIVATED: "The account is deactivated",
    Code.LAST_ADMINISTRATOR: "Nobody else could administer this",
    Code.SITE_NEEDED: "A site is needed",
    Code.NOT_DELEGATED: "No delegation is in force",
    Code.BLINDED: "That tells the arms, to one who is blinded",
    Code.IN_USE: "What would be dropped is in use",
}


def words(refusal: Refusal) -> str:
    """Return a refusal as it is told on a terminal: what, and then where or which."""
    said = _WORDS[refusal.code]
    if isinstance(refusal, FaultyInput):
        count = len(refusal.faults)
        return "\n".join([*map(str, refusal.faults), f"{said}: {count} fault{'' if count == 1 else 's'}."])
    return f"{said}: {refusal.detail}" if refusal.detail else f"{said}."


class RefusingGroup(click.Group):
    """The outermost group: what its commands refuse is said in words."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a refusal, or a database that is not there, ends it with exit code 2."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(words(refusal), err=True)
        except (OperationalError, ProgrammingError) as error:
            click.echo(f"The database cannot be used: {error.orig}", err=True)
            click.echo("Is DATABASE_URL right, and was `hepatica database upgrade` run?", err=True)
        raise click.exceptions.Exit(REFUSED)
