"""`hepatica database`: the tables brought up to date, and looked over."""

from datetime import datetime

import click

from app import clock, config
from app import database as tables
from app.cli.refusals import REFUSED
from app.config import Config
from app.domain.actor import Actor
from app.operations import keys
from app.operations import restored as operations
from app.queries import second_factors, studies


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
def restored() -> None:
    """Run once after a backup was restored, before the server and the worker are started.

    Messages that may have left since the backup was made come to staff and are not sent again by themselves;
    links given out since it was made open nothing.
    """
    settings, now, actor = config.load(), clock.now(), Actor("command", name="restored")
    with tables.writing(settings.database_url) as session:
        for code in studies.codes(session):
            study_id = studies.current(session, code=code).study_id
            doubted = operations.doubt(session, study_id=study_id, now=now, actor=actor)
            click.echo(f"{code}: {doubted} messages may have left; staff decide about each")
        if not operations.skip_ids(session):
            click.echo(
                "SQLite gives ids again: replace LINK_KEYS by a new key and issue every link anew,"
                " or links given out since the backup may open the pages of others."
            )


@database.command()
def reseal() -> None:
    """Seal all that is sealed with the newest of CONTACT_KEYS: an older key is then not needed.

    First let every process of the installation have the new key, behind the older ones.
    """
    settings, now, actor = config.load(), clock.now(), Actor("command", name="reseal")
    with tables.writing(settings.database_url) as session:
        for code in studies.codes(session):
            done = keys.reseal(
                session,
                study_id=studies.current(session, code=code).study_id,
                actor=actor,
                now=now,
                contact_keys=settings.contact_keys,
            )
            counted = ", ".join(f"{number} {what}" for what, number in done.items())
            click.echo(f"{code}: {counted} sealed anew")
    click.echo(f"{_reseal_code_apps(settings, actor, now)} code apps sealed anew")


def _reseal_code_apps(settings: Config, actor: Actor, now: datetime) -> int:
    with tables.reading(settings.database_url) as session:
        accounts = second_factors.with_code_apps(session)
    done = 0
    for account_id in accounts:
        with tables.writing(settings.database_url) as session:
            done += keys.reseal_code_apps(
                session, account_id=account_id, actor=actor, now=now, contact_keys=settings.contact_keys
            )
    return done
