"""`hepatica reminders`: plan what is owed, send what waits, say where all stand."""

import secrets
from collections.abc import Callable

import click

from app import clock, config, database
from app.config import Config
from app.delivery import reminders as delivery
from app.delivery.reminders import SendResult
from app.domain.actor import Actor
from app.operations import reminders as operations
from app.queries import reminders as queries
from app.queries import studies, troubled_reminders
from app.queries.unplanned import unplanned

ACTOR = Actor("command", name="reminders")


@click.group()
def reminders() -> None:
    """Plan and send reminders."""


@reminders.command()
@click.option("--study", "code", help="The study's code; without it, every study.")
def plan(code: str | None) -> None:
    """Add the messages that are owed today; running it again adds nothing."""
    click.echo(f"Planned: {planned(config.load(), code)}")


@reminders.command()
def send() -> None:
    """Send what waits, once each, to those who may still be written to."""
    settings = config.load()
    click.echo(told(delivery.send_due(settings, clock=clock.now), settings))


@reminders.command()
@click.option("--study", "code", help="The study's code; without it, every study.")
def status(code: str | None) -> None:
    """Count messages by state, and list those of which nobody knows whether they left."""
    with database.reading(config.load().database_url) as session:
        for each in [code] if code else studies.codes(session):
            study_id = studies.current(session, code=each).study_id
            found = queries.status(session, study_id=study_id)
            counts = ", ".join(f"{state} {number}" for state, number in found.counts.items())
            click.echo(f"{each}: {counts}")
            troubles = troubled_reminders.counts(session, actor=ACTOR, study_id=study_id, now=clock.now())
            if any(troubles.values()):
                told_ones = ", ".join(f"{trouble} {number}" for trouble, number in troubles.items() if number)
                click.echo(f"  wait for someone to decide: {told_ones}")
            for row in found.in_flight:
                click.echo(
                    f"  unknown since {row.at:%Y-%m-%d %H:%M} UTC: participant {row.participant_code},"
                    f" visit {row.visit}, step {row.step}; a sender took it and never reported back"
                )


@reminders.command()
def vapid() -> None:
    """Print a new VAPID_PRIVATE_KEY; with another key every browser has to be asked again."""
    click.echo(f"VAPID_PRIVATE_KEY={config.new_vapid_key()}")


def planned(settings: Config, code: str | None = None, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Plan for one study or for all, and return how many messages were added.

    Each few hundred in a transaction of their own, so that nobody waits long for the study; from anywhere
    among them on, so that several workers seldom meet.
    """
    total = 0
    with database.reading(settings.database_url) as session:
        codes = [code] if code else studies.codes(session)
    for each in codes:
        with database.reading(settings.database_url) as session:
            study_id = studies.current(session, code=each).study_id
            lacking = unplanned(session, study_id=study_id, now=clock.now())
        first = secrets.randbelow(len(lacking) or 1)
        lacking = lacking[first:] + lacking[:first]
        for start in range(0, len(lacking), operations.PLANNED_AT_ONCE):
            if stop():
                return total
            with database.writing(settings.database_url) as session:
                total += operations.plan(
                    session,
                    study_id=study_id,
                    now=clock.now(),
                    actor=ACTOR,
                    occasion_ids=lacking[start : start + operations.PLANNED_AT_ONCE],
                )
    return total


def told(result: SendResult, settings: Config) -> str:
    """Return what became of the messages, in one line."""
    said = [f"Sent: {result.sent}", f"failed: {result.failed}"]
    if result.bounced:
        said.append(f"addresses that take no messages: {result.bounced}")
    if result.written:
        said.append(
            f"written to {settings.outbox} and NOT sent, because SMTP_URL is not set: {result.written}"
        )
    if result.uncertain:
        said.append(f"nobody knows whether they left: {result.uncertain}")
    if result.server_down:
        said.append(f"what goes by {', '.join(sorted(result.down))} waits: no server takes it now")
    return ", ".join(said)
