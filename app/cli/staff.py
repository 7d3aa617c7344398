"""`hepatica staff`: accounts."""

import secrets
from collections.abc import Iterable

import click
from sqlalchemy.orm import Session

from app import clock, config
from app.database import reading, writing
from app.domain.actor import ROLES, Actor, Role
from app.domain.password import LONGEST, SHORTEST, SHORTEST_ALONE, Weakness, weakness
from app.errors import Code, Refusal
from app.operations import account_changes, second_factors, sessions
from app.operations.accounts import add_account
from app.queries import people, studies

SAID: dict[Weakness, str] = {
    "too short": "At least {shortest} characters.",
    "too long": f"At most {LONGEST} characters.",
    "guessable": "Too easily guessed: choose words that nobody connects with this person or this study.",
}


@click.group()
def staff() -> None:
    """Add, list, deactivate and sign out members of staff."""


@staff.command()
@click.option("--email", required=True, help="The address they sign in with.")
@click.option("--name", required=True, help="Their name.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option("--study", "study_code", help="The only study they may see; without it, every study.")
@click.option("--site", help="The only site they may see; a coordinator needs one.")
@click.option(
    "--unblinded", is_flag=True, help="They may open reports that tell the arms of a blinded study."
)
@click.option("--generate", is_flag=True, help="Make a password up and print it once, instead of asking.")
def add(
    email: str,
    name: str,
    role: Role,
    study_code: str | None,
    site: str | None,
    unblinded: bool,
    generate: bool,
) -> None:
    """Add an account; its password is asked for, or made up and printed once."""
    settings = config.load()
    alone = settings.second_factor == "optional"
    known = (email, name, study_code or "")
    password = secrets.token_urlsafe(15) if generate else _asked_for(known, alone=alone)
    with writing(settings.database_url) as session:
        study_id = studies.current(session, code=study_code).study_id if study_code else None
        add_account(
            session,
            email=email,
            name=name,
            role=role,
            study_id=study_id,
            site=site,
            password=password,
            actor=Actor("command", name="staff add"),
            now=clock.now(),
            unblinded=unblinded,
            alone=alone,
        )
    click.echo(f"{email} can sign in as {role}.")
    if generate:
        click.echo(f"Password, shown only now: {password}")


@staff.command("list")
@click.option("--study", "study_code", help="Only those who belong to this study.")
def show(study_code: str | None) -> None:
    """Print everyone: id, address, role, study, site, state, last sign-in."""
    with reading(config.load().database_url) as session:
        study_id = studies.current(session, code=study_code).study_id if study_code else None
        found = people.listed(session, actor=Actor("command", name="staff list", study_id=study_id))
    for row in found:
        at = row.signed_in_at.isoformat(timespec="minutes") if row.signed_in_at else "-"
        cells = (str(row.account_id), row.email, row.role, row.study or "-", row.site or "-", row.state, at)
        click.echo("\t".join(cells))


@staff.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why, for those who read it later.")
def deactivate(email: str, reason: str) -> None:
    """Let someone in no more, and sign them out everywhere."""
    with writing(config.load().database_url) as session:
        account_changes.deactivate(
            session,
            account_id=_account(session, email),
            reason=reason,
            actor=Actor("command", name="staff deactivate"),
            now=clock.now(),
        )
    click.echo(f"{email} is deactivated, and signed out everywhere.")


@staff.command("end-sessions")
@click.argument("email")
def end_sessions(email: str) -> None:
    """Sign someone out everywhere."""
    with writing(config.load().database_url) as session:
        ended = sessions.end_sessions(
            session,
            account_id=_account(session, email),
            actor=Actor("command", name="staff end-sessions"),
            now=clock.now(),
        )
    click.echo(f"{email} is signed out: browsers {ended}.")


@staff.command("reset-second-factor")
@click.argument("email")
@click.option("--reason", required=True, help="Why, for those who read it later.")
def reset_second_factor(email: str, reason: str) -> None:
    """Take all that someone shows beside the password out of use, and sign them out everywhere."""
    with writing(config.load().database_url) as session:
        second_factors.reset_second_factor(
            session,
            account_id=_account(session, email),
            reason=reason,
            actor=Actor("command", name="staff reset-second-factor"),
            now=clock.now(),
        )
    click.echo(f"{email} signs in with the password alone, and is signed out everywhere.")


def _account(session: Session, email: str) -> int:
    found = people.account_id_of(session, email=email)
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"no account {email} that can sign in")
    return found


def _asked_for(context: Iterable[str], *, alone: bool) -> str:
    while True:
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        found = weakness(password, context=context, alone=alone)
        if found is None:
            return password
        shortest = SHORTEST_ALONE if alone else SHORTEST
        click.echo(SAID[found].format(shortest=shortest), err=True)
