"""The command line of the analysis: `python -m analysis report` and `python -m analysis datasets`."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Literal, ParamSpec, cast

import click
from tqdm import tqdm

from analysis import one_thread as one_thread  # before numpy is imported
from analysis import source
from analysis.datasets import data_sha256, frames, read, write
from analysis.datasets.cut import Blinding, Cut
from analysis.reports.language import languages as language_choices
from analysis.reports.printing import browser, print_page
from analysis.reports.writing import STEPS, Report, write_report
from app import clock, database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.i18n import SOURCE_LANGUAGE, speaking
from app.operations.reports import publish_report
from app.queries import studies

COMMAND = Actor("command", name="analysis")
Asked = ParamSpec("Asked")


def refusing(command: Callable[Asked, None]) -> Callable[Asked, None]:
    """Turn a refusal into one plain line on stderr and exit code 2."""

    @wraps(command)
    def run(*args: Asked.args, **options: Asked.kwargs) -> None:
        try:
            command(*args, **options)
        except Refusal as refusal:
            click.echo(f"Refused: {refusal.detail or refusal.code} ({refusal.code})", err=True)
            sys.exit(2)
        except OSError as fault:
            click.echo(
                f"Refused: {fault.filename or 'the folder'} cannot be written: {fault.strerror}", err=True
            )
            sys.exit(2)

    return run


def asked_of_data(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which data."""
    for option in (
        click.option(
            "--blinded",
            is_flag=False,
            flag_value="pooled",
            type=click.Choice(["pooled", "masked"]),
            help="Pool the arms (or with masked give them letters), and leave out what would tell them.",
        ),
        click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to."),
        click.option(
            "--events",
            type=click.Choice(["confirmed", "all"]),
            default="confirmed",
            show_default=True,
            help="Only events that a reviewer confirmed, or all that none refuted.",
        ),
        click.option(
            "--cutoff", help="Last day that counts, YYYY-MM-DD. Default: the last date in the data."
        ),
        click.option("--study", help="The study's code. Default: the only study there is."),
        click.option("--database-url", help="Default: DATABASE_URL, or this installation's database."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Turn a study's database into datasets and a report."""


@main.command()
@asked_of_data
@click.option(
    "--language",
    default=SOURCE_LANGUAGE,
    show_default=True,
    help="Of figures and table heads; prose is English.",
)
@click.option("--pdf", is_flag=True, help="Also print report.pdf, with the Chromium that is installed.")
@click.option("--publish", is_flag=True, help="Also put the report on the staff site.")
@refusing
def report(
    database_url: str | None,
    study: str | None,
    cutoff: str | None,
    events: str,
    out: Path | None,
    blinded: str | None,
    language: str,
    pdf: bool,
    publish: bool,
) -> None:
    """Write report.html, results.json, figures/*.svg and datasets/*.csv."""
    url = source.chosen_url(database_url)
    if pdf:
        browser()  # refused before the work
    if language not in language_choices():
        raise Refusal(
            Code.LANGUAGE_NOT_OFFERED,
            f"tables and figures in {language}; there is {', '.join(language_choices())}",
        )
    folder = out or Path("out")
    made: Report | None = None
    with speaking(language), tqdm(total=STEPS, unit="step", file=sys.stderr) as progress:
        for number, step in enumerate(write_report(_reader(url, study, cutoff, events, blinded), folder)):
            progress.update(number - progress.n)
            if isinstance(step, str):
                progress.set_description(step)
            else:
                made = step
    if made is not None:
        click.echo(f"{made.data}")
        click.echo(f"report   {folder / 'report.html'}")
        if pdf:
            print_page(folder / "report.html", folder / "report.pdf")
            click.echo(f"printed  {folder / 'report.pdf'}")
        click.echo(f"data     sha256 {made.data_sha256}")
        if publish:
            click.echo(f"published as report {_publish(url, made)}")


@main.command()
@asked_of_data
@refusing
def datasets(
    database_url: str | None,
    study: str | None,
    cutoff: str | None,
    events: str,
    out: Path | None,
    blinded: str | None,
) -> None:
    """Write the datasets alone, as CSV files."""
    folder = (out or Path("out")) / "datasets"
    data = frames(_reader(source.chosen_url(database_url), study, cutoff, events, blinded)())
    write(data, folder)
    click.echo(f"{data}")
    click.echo(f"data     {folder}, sha256 {data_sha256(folder)}")


def _reader(
    url: str, study: str | None, cutoff: str | None, events: str, blinded: str | None
) -> Callable[[], Cut]:
    chosen, how = cast("Literal['confirmed', 'all']", events), cast("Blinding", blinded or False)
    return lambda: read(url, study=study, cutoff=cutoff, events=chosen, blinded=how)


def _publish(url: str, made: Report) -> int:
    with database.writing(url) as session:
        return publish_report(
            session,
            study_id=studies.current(session, code=made.data.study.code).study_id,
            cutoff_on=made.data.cutoff,
            data_sha256=made.data_sha256,
            page=made.page,
            results=made.results,
            actor=COMMAND,
            now=clock.now(),
        )


if __name__ == "__main__":
    main(prog_name="python -m analysis")
