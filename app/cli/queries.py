"""`hepatica queries`: what contradicts itself in the data is asked about, once."""

import click

from app import clock, config, database
from app.config import Config
from app.domain.actor import Actor
from app.operations.data_queries import raise_query
from app.queries import data_checks, studies

CHECKER = Actor("command", name="checks")


@click.group()
def queries() -> None:
    """Look after queries on values."""


@queries.command()
@click.option("--study", "code", help="The study's code; without it, every study.")
def check(code: str | None) -> None:
    """Raise a query for each contradiction in the data; running it again raises none twice."""
    click.echo(f"Queries raised: {checked(config.load(), code)}")


def checked(settings: Config, code: str | None = None) -> int:
    """Check one study or all, each query in its own transaction, and return how many were raised."""
    total = 0
    with database.reading(settings.database_url) as session:
        found = [
            each
            for study in ([code] if code else studies.codes(session))
            for each in data_checks.unasked(
                session,
                study_id=studies.current(session, code=study).study_id,
                contact_keys=settings.contact_keys,
            )
        ]
    for participant_id, finding in found:
        with database.writing(settings.database_url) as session:
            raise_query(
                session,
                participant_id=participant_id,
                subject=finding.subject,
                subject_id=finding.subject_id,
                field=finding.field,
                text="",
                finding=finding.name,
                actor=CHECKER,
                now=clock.now(),
            )
        total += 1
    return total
