"""`hepatica participants`: enrol, list, and give the way in."""

from datetime import datetime

import click

from app import clock, config
from app.database import reading, writing
from app.domain.actor import Actor
from app.formats import link_token
from app.formats.contact import ContactDetails
from app.operations.links import issue_link
from app.operations.participants import enrol_participant
from app.queries import participants as enrolled
from app.queries import studies

STUDY = click.option("--study", "study_code", help="The study's code; not needed where there is only one.")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def participants() -> None:
    """Enrol participants, list them, and give them their link."""


@participants.command()
@STUDY
@click.option("--code", required=True, help="The study code by which the participant is known.")
@click.option("--site", required=True)
@click.option("--language", help="The language they read; without it, the site's.")
@click.option("--consent-version", required=True)
@click.option("--consented-on", required=True, type=DAY, metavar="YYYY-MM-DD")
# What follows is asked for where it is not given: the history of a terminal is no place for it.
@click.option("--name", prompt=True)
@click.option("--birth-year", prompt="Year of birth", type=click.IntRange(1900, 2100))
@click.option("--email", prompt="E-mail (may be empty)", default="")
@click.option("--phone", prompt="Telephone (may be empty)", default="")
def enrol(
    study_code: str | None,
    code: str,
    site: str,
    language: str | None,
    consent_version: str,
    consented_on: datetime,
    name: str,
    birth_year: int,
    email: str,
    phone: str,
) -> None:
    """Enrol someone who has consented."""
    settings = config.load()
    with writing(settings.database_url) as session:
        study = studies.current(session, code=study_code)
        sites = {each.code: each for each in study.study.sites}
        enrol_participant(
            session,
            study_id=study.study_id,
            code=code,
            site=site,
            language=language or (sites[site].language if site in sites else study.study.languages[0]),
            contact=ContactDetails(name, email or None, phone or None, birth_year),
            consent_version=consent_version,
            consented_on=consented_on.date(),
            actor=Actor("command", name="participants enrol"),
            now=clock.now(),
            contact_keys=settings.contact_keys,
        )
    click.echo(f"Participant {code} is enrolled.")


@participants.command("list")
@STUDY
def list_(study_code: str | None) -> None:
    """Print the participants of a study, tab-separated, without contact details and arm."""
    with reading(config.load().database_url) as session:
        study_id = studies.current(session, code=study_code).study_id
        rows = enrolled.listed(session, study_id=study_id)
    click.echo("code\tsite\tlanguage\tenrolled on\trandomised on")
    for row in rows:
        click.echo(
            "\t".join([row.code, row.site, row.language, str(row.enrolled_on), str(row.randomised_on or "")])
        )


@participants.command()
@STUDY
@click.argument("code")
def link(study_code: str | None, code: str) -> None:
    """Issue a new link for the participant CODE and print it; every earlier one stops working."""
    settings = config.load()
    actor = Actor("command", name="participants link")
    with writing(settings.database_url) as session:
        study_id = studies.current(session, code=study_code).study_id
        participant = enrolled.one(session, actor=actor, study_id=study_id, code=code)
        link_id = issue_link(session, participant_id=participant.id, actor=actor, now=clock.now())
    click.echo(f"{settings.public_url}/p/{link_token.sign(link_id, settings.link_keys)}")
