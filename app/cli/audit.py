"""`hepatica audit`: is the trail unbroken, and what does it say."""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, config, database, i18n
from app.domain.actor import Actor
from app.formats.cells import guarded
from app.models import Account, Participant
from app.operations.exports import record_list_export
from app.queries import audit as trail
from app.queries import audit_words, studies
from app.queries.audit import Entry
from app.queries.audit_veil import Veil

COLUMNS = (
    "time (UTC)",
    "participant",
    "who",
    "what",
    "about",
    "before",
    "after",
    "reason",
    "action",
    "chain",
    "position",
    "hash",
)


@click.group()
def audit() -> None:
    """Check and read the audit trail."""


@audit.command()
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier whole export: shows also a trail that was cut off or written anew.",
)
def verify(against: Path | None) -> None:
    """Say where a chain is broken; exits with 1 if one is."""
    known = _hashes(against) if against else None
    breaks = 0
    with database.reading(config.load().database_url) as session:
        for fault in trail.verify(session, known=known):
            click.echo(fault)
            breaks += 1
    if breaks:
        click.echo(f"The audit trail is broken: {breaks} found.", err=True)
        sys.exit(1)
    click.echo("The audit trail is unbroken.")


def _hashes(path: Path) -> dict[tuple[str, int], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"chain", "position", "hash"} <= set(reader.fieldnames or ()):
            raise click.BadParameter(f"{path} is not an export of the audit trail", param_hint="--against")
        rows = list(reader)
    if not all(row["position"] and row["hash"] for row in rows):
        problem = f"{path} holds no hashes: this study's trail tells them only with audit export --whole"
        raise click.BadParameter(problem, param_hint="--against")
    return {(row["chain"], int(row["position"])): row["hash"] for row in rows}


@audit.command()
@click.option("--study", "code", help="The study's code; not needed where there is one study.")
@click.option("--language", default=i18n.SOURCE_LANGUAGE, show_default=True, help="Language of the words.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; else it is printed.")
@click.option(
    "--whole",
    is_flag=True,
    help="With all that is veiled, arms and infusions too, and the hashes that verify --against needs.",
)
def export(code: str | None, language: str, out: Path | None, whole: bool) -> None:
    """Write everything that was done in a study as a table; without the arm where the study is blinded.

    There the table has no hashes and leaves infusions out where they tell the arm, and readings by others
    stay veiled until the event is settled. That it was written --whole is recorded.
    """
    if language not in i18n.languages():
        raise click.BadParameter(f"one of {', '.join(i18n.languages())}", param_hint="--language")
    url = config.load().database_url
    if whole:
        _record_whole(url, code)
    with database.reading(url) as session, i18n.speaking(language):
        rows = _rows(session, code, whole=whole)
        if out is None:
            _write(sys.stdout, rows)
            return
        # The mark at its start makes spreadsheet programs read the file as UTF-8.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            written = _write(file, rows)
    click.echo(f"{written} entries written to {out}")


def _record_whole(url: str, code: str | None) -> None:
    with database.writing(url) as session:
        record_list_export(
            session,
            study_id=studies.current(session, code=code).study_id,
            name="audit-trail",
            asked={"whole": "yes"},
            actor=Actor("command", name="audit export"),
            now=clock.now(),
        )


def _write(file: TextIO, rows: Iterable[tuple[str, ...]]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last one is how many there are
        writer.writerow([guarded(cell) for cell in row])
    return number


def _rows(session: Session, code: str | None, *, whole: bool) -> Iterator[tuple[str, ...]]:
    current = studies.current(session, code=code)
    people = _names(session, current.study_id)
    found = trail.entries(session, study_id=current.study_id)
    if not whole:
        found = Veil.of(session, study_id=current.study_id, study=current.study).over(found)
    for entry in found:
        yield _row(entry, people)


def _names(session: Session, study_id: int) -> dict[str, str]:
    found = session.execute(select(Participant.id, Participant.code).where(Participant.study_id == study_id))
    names: dict[str, str] = {}
    for key, code in found:
        names |= {f"participant:{key}": code, f"proxy:{key}": f"{code} (proxy)"}
    accounts = session.execute(select(Account.id, Account.name, Account.role))
    return names | {f"account:{key}": f"{name} ({role})" for key, name, role in accounts}


def _row(entry: Entry, names: dict[str, str]) -> tuple[str, ...]:
    return (
        entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        names.get(entry.chain, "") if entry.chain.startswith("participant:") else "",
        names.get(entry.actor, entry.actor),
        audit_words.action(entry.action),
        names.get(entry.subject, entry.subject),
        audit_words.content(entry.old),
        audit_words.content(entry.new),
        entry.reason,
        entry.action,
        entry.chain,
        str(entry.position or ""),
        entry.hash,
    )
