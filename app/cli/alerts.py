"""`hepatica alerts`: tell those in charge of alarming answers that nobody has dealt with in time."""

import click

from app import clock, config, database
from app.config import Config
from app.delivery.escalations import Escalated, escalate_overdue
from app.queries import alert_mails


@click.group()
def alerts() -> None:
    """Look after alarming answers."""


@alerts.command()
def escalate() -> None:
    """Mail coordinators and administrators about alerts past their deadline; again, it is harmless."""
    settings = config.load()
    click.echo(told(escalate_overdue(settings, clock=clock.now), settings))
    with database.reading(settings.database_url) as session:
        for row in alert_mails.unclear(session):
            click.echo(
                f"  unknown since {row.at:%Y-%m-%d %H:%M} UTC: alert {row.alert_id} to account"
                f" {row.account_id}; a sender took it and never reported back"
            )


def told(result: Escalated, settings: Config) -> str:
    """Return what one round did, in one line."""
    said = [f"Escalated: {result.alerts}", f"mails sent: {result.sent}", f"failed: {result.failed}"]
    if result.nobody:
        said.append(f"nobody to tell, add a coordinator or an administrator: {result.nobody}")
    if result.written:
        said.append(
            f"written to {settings.outbox} and NOT sent, because SMTP_URL is not set: {result.written}"
        )
    if result.uncertain:
        said.append(f"nobody knows whether they left: {result.uncertain}")
    return ", ".join(said)
