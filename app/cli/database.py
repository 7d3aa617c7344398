"""`hepatica database`: the tables brought up to date, and looked over."""

import click

from app import clock, config
from app import database as tables
from app.cli.refusals import REFUSED
from app.domain.actor import Actor
from app.operations import keys
from app.queries import studies


@click.group()
def database() -> None:
    """Bring the database up to date, or look it over."""


@database.command()
def upgrade() -> None:
    """Bring the database to the newest revision; one that is there already stays as it is."""
    tables.upgrade(config.load().database_url)
    click.echo("The database is up to date.")


@database.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Print what is wrong with the database: an older revision, other tables, rows that point to nothing."""
    faults = tables.check(config.load().database_url)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        ctx.exit(REFUSED)
    click.echo("The database is as it should be.")


@database.command()
def reseal() -> None:
    """Seal contact details and documents with the newest of CONTACT_KEYS: an older key is then not needed."""
    settings, now = config.load(), clock.now()
    with tables.writing(settings.database_url) as session:
        for code in studies.codes(session):
            done = keys.reseal(
                session,
                study_id=studies.current(session, code=code).study_id,
                actor=Actor("command", name="reseal"),
                now=now,
                contact_keys=settings.contact_keys,
            )
            click.echo(f"{code}: {done['contacts']} contacts and {done['documents']} documents sealed anew")
