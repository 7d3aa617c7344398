"""`hepatica staff`: accounts."""

import secrets
from collections.abc import Iterable

import click

from app import clock, config
from app.database import writing
from app.domain.actor import ROLES, Actor, Role
from app.domain.password import LONGEST, SHORTEST, Weakness, weakness
from app.operations.accounts import add_account
from app.queries import studies

SAID: dict[Weakness, str] = {
    "too short": f"At least {SHORTEST} characters.",
    "too long": f"At most {LONGEST} characters.",
    "guessable": "Too easily guessed: choose words that nobody connects with this person or this study.",
}


@click.group()
def staff() -> None:
    """Add members of staff."""


@staff.command()
@click.option("--email", required=True, help="The address they sign in with.")
@click.option("--name", required=True, help="Their name.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option("--study", "study_code", help="The only study they may see; without it, every study.")
@click.option("--site", help="The only site they may see; a coordinator needs one.")
@click.option("--generate", is_flag=True, help="Make a password up and print it once, instead of asking.")
def add(email: str, name: str, role: Role, study_code: str | None, site: str | None, generate: bool) -> None:
    """Add an account; its password is asked for, or made up and printed once."""
    password = secrets.token_urlsafe(15) if generate else _asked_for((email, name, study_code or ""))
    with writing(config.load().database_url) as session:
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
        )
    click.echo(f"{email} can sign in as {role}.")
    if generate:
        click.echo(f"Password, shown only now: {password}")


def _asked_for(context: Iterable[str]) -> str:
    while True:
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        found = weakness(password, context=context)
        if found is None:
            return password
        click.echo(SAID[found], err=True)
