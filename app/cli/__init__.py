"""The command line: `hepatica ...`, the same as `python -m app ...`."""

import click

from app.cli.alerts import alerts
from app.cli.audit import audit
from app.cli.data import data
from app.cli.database import database
from app.cli.demo import demo
from app.cli.participants import participants
from app.cli.queries import queries
from app.cli.randomisation import randomisation
from app.cli.refusals import RefusingGroup
from app.cli.reminders import reminders
from app.cli.staff import staff
from app.cli.study import study
from app.cli.translations import translations
from app.cli.worker import worker


@click.group(cls=RefusingGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run a liver trial: patient-reported outcomes on phones, and the study around them."""


for command in (
    database,
    demo,
    study,
    participants,
    randomisation,
    data,
    reminders,
    worker,
    alerts,
    queries,
    audit,
    staff,
    translations,
):
    main.add_command(command)
