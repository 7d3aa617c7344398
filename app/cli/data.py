"""`hepatica data`: a study's past in and out as CSV files (docs/import-format.md)."""

from collections.abc import Collection, Iterable
from pathlib import Path

import click
from tqdm import tqdm

from app import clock, config
from app.database import snapshot, writing
from app.domain.actor import Actor
from app.formats import follow_up_tables, tables
from app.formats.csv_file import Step
from app.operations.exports import record_export
from app.operations.imports import import_study_data
from app.queries import exports, studies
from app.queries.follow_up import follow_up

FOLDER = click.Path(file_okay=False, path_type=Path)
STUDY = click.option("--study", "study_code", help="The study's code; not needed where there is only one.")


def shown(steps: Collection[Step], /, *, doing: str) -> Iterable[Step]:
    """Go through the steps with a bar on a terminal, and silently elsewhere."""
    return tqdm(steps, desc=doing, leave=False, disable=None)


@click.group()
def data() -> None:
    """Bring a study's participants in from CSV files, and write them out as such."""


@data.command("import")
@click.argument("folder", metavar="DIR", type=FOLDER)
@STUDY
def import_(folder: Path, study_code: str | None) -> None:
    """Store what the files in DIR say and is not stored yet; with any fault in them, nothing.

    DIR may also be a study's own folder, with the files in its folder `data`.
    """
    settings = config.load()
    given = tables.read(_holding_files(folder), progress=shown)
    with writing(settings.database_url) as session:
        study = studies.current(session, code=study_code)
        counts = import_study_data(
            session,
            study_id=study.study_id,
            tables=given,
            actor=Actor("import", name=folder.resolve().name[:60]),
            now=clock.now(),
            contact_keys=settings.contact_keys,
            progress=shown,
        )
    for name, count in counts.items():
        click.echo(f"  {name}.csv: {len(given.rows(name))} rows, {count} added")
    click.echo(f"Study {study.code}: imported.")


def _holding_files(folder: Path) -> Path:
    inside = folder / "data"
    return inside if (folder / "study.toml").exists() and inside.is_dir() else folder


@data.command("export")
@click.argument("folder", metavar="DIR", type=FOLDER)
@STUDY
@click.option("--with-arms", is_flag=True, help="Tell arms and treatments, although the study is blinded.")
def export(folder: Path, study_code: str | None, with_arms: bool) -> None:
    """Write the study's data to DIR, without contact details, as files that `import` reads.

    What staff did about them (alerts, queries, reasons for missed visits) goes to the folder `follow-up` in
    DIR, which `import` leaves alone.
    """
    settings = config.load()
    with snapshot(settings.database_url) as session:
        study = studies.current(session, code=study_code)
        told = exports.study_tables(session, study_id=study.study_id)
        blinded = study.study.blinding != "none" and not with_arms
        done = follow_up(session, study_id=study.study_id, with_arms=not blinded, now=clock.now())
    with writing(settings.database_url) as session:
        actor = Actor("command", name="data export")
        record_export(session, study_id=study.study_id, arms=not blinded, actor=actor, now=clock.now())
    for path in tables.write(folder, told, with_arms=not blinded, progress=shown):
        click.echo(f"  {path}: {len(told.rows(path.stem))} rows")
    for path, count in follow_up_tables.write(folder, done, progress=shown).items():
        click.echo(f"  {path}: {count} rows")
    if blinded:
        click.echo("Arms and treatments are left out, because the study is blinded; --with-arms tells them.")
    click.echo(f"Study {study.code}: exported.")
