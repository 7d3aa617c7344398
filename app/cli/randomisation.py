"""`hepatica randomisation`: begin or add a list, check it, open it at the end."""

import csv
import sys
from pathlib import Path

import click

from app import clock, config
from app.database import reading, writing
from app.domain.actor import Actor
from app.operations import allocations as operations
from app.queries import allocations as queries
from app.queries import studies

STUDY = click.option("--study", "study_code", help="The study's code; not needed where there is only one.")
ACTOR = Actor("command", name="randomisation")


@click.group()
def randomisation() -> None:
    """Keep the lists that participants' arms are drawn from."""


@randomisation.command()
@STUDY
@click.option(
    "--seed-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the seed; without it, one is made that nobody knows.",
)
def generate(study_code: str | None, seed_file: Path | None) -> None:
    """Begin a generated sequence in blocks as the study file says; its seed is kept sealed."""
    seed = seed_file.read_text(encoding="utf-8").strip() if seed_file else None
    if seed is not None and len(seed) < 32:
        raise click.BadParameter("a seed has at least 32 characters", param_hint="--seed-file")
    settings = config.load()
    with writing(settings.database_url) as session:
        content_hash = operations.generate_list(
            session,
            study_id=studies.current(session, code=study_code).study_id,
            seed=seed,
            actor=ACTOR,
            now=clock.now(),
            keys=settings.contact_keys,
        )
    click.echo(f"The sequence is sealed. Its SHA-256: {content_hash}")


@randomisation.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@STUDY
def import_(file: Path, study_code: str | None) -> None:
    """Add a list made elsewhere: a CSV file with the columns site, arm and, if there is a factor, level."""
    settings = config.load()
    with writing(settings.database_url) as session:
        content_hash = operations.add_list(
            session,
            study_id=studies.current(session, code=study_code).study_id,
            path=file,
            actor=ACTOR,
            now=clock.now(),
            keys=settings.contact_keys,
        )
    click.echo(f"The list is sealed; remove the file. Its SHA-256: {content_hash}")


@randomisation.command()
@STUDY
def verify(study_code: str | None) -> None:
    """Hold every participant's arm against the list; exits with 1 if one differs. No arm is shown."""
    settings = config.load()
    with reading(settings.database_url) as session:
        study_id = studies.current(session, code=study_code).study_id
        faults = list(queries.verify(session, study_id=study_id, keys=settings.contact_keys))
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo("Every arm that was drawn is the list's.")


@randomisation.command()
@STUDY
@click.confirmation_option(prompt="This shows arms that are still to come, and is recorded. Go on?")
def reveal(study_code: str | None) -> None:
    """Print the lists, each with its seed or its rows, as a table; recorded in the audit trail."""
    settings = config.load()
    with writing(settings.database_url) as session:
        opened = operations.reveal(
            session,
            study_id=studies.current(session, code=study_code).study_id,
            actor=ACTOR,
            now=clock.now(),
            keys=settings.contact_keys,
        )
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("list", "sha256", "source", "secret", "arms", "blocks", "site", "level", "arm"))
        for stored, found in opened:
            head = (stored.number, stored.content_hash, found.source, found.secret)
            if found.design is not None:
                blocks = " ".join(map(str, found.design.blocks))
                writer.writerow((*head, " ".join(found.design.arms), blocks, "", "", ""))
            for stratum, arm in found.rows:
                writer.writerow((*head, "", "", stratum.site, stratum.level, arm))
