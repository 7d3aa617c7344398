"""`hepatica study`: a study's folder, checked and loaded."""

from pathlib import Path

import click

from app import clock, config
from app.database import writing
from app.domain.actor import Actor
from app.domain.message_faults import long_texts
from app.formats import study_folder
from app.formats.study_folder import StudyFolder
from app.i18n import own_name
from app.operations.studies import load_study

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def study() -> None:
    """Check and load the folder that holds a study's protocol."""


@study.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def check(folder: Path) -> None:
    """Print every fault in DIR, with file, place, what was found and what is allowed."""
    found = study_folder.read(folder)
    planned = found.study
    click.echo(f"Study {planned.code}: no faults. Languages: {', '.join(planned.languages)}.")
    click.echo(
        f"Arms: {len(planned.arms)}. Sites: {len(planned.sites)}. Visits: {len(planned.visits)}. "
        f"Instruments: {len(found.instruments)}."
    )
    _note(found)


def _note(folder: StudyFolder) -> None:
    for instrument, language in folder.without_words:
        click.echo(
            f"Note: there is no instruments/{instrument}/{language}.json: participants are not offered "
            f"{own_name(language)} while {instrument} is due, and its readers get it in "
            f"{own_name(folder.study.languages[0])}."
        )
    for step, lengths in long_texts(folder.study).items():
        told = ", ".join(f"{language} ({number})" for language, number in lengths.items())
        click.echo(f"Note: reminder {step}: the text may need more than one text message in {told}.")


@study.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def load(folder: Path) -> None:
    """Store DIR as the study's newest version, and say what it changes."""
    found = study_folder.read(folder)
    with writing(config.load().database_url) as session:
        loaded = load_study(session, folder=found, actor=Actor("command", name="study load"), now=clock.now())
    for change in loaded.changes:
        click.echo(f"  {change}")
    if loaded.changes:
        click.echo(f"Study {found.study.code}: loaded as version {loaded.number}.")
    else:
        click.echo(f"Study {found.study.code}: nothing changed; version {loaded.number} stands.")
