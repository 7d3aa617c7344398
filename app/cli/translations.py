"""`hepatica translations`: how far the interface is translated, for those who translate it."""

from collections.abc import Mapping

import click

from app import i18n
from app.i18n.catalogues import Completeness


@click.command()
@click.argument("languages", metavar="[LANGUAGE]...", nargs=-1)
def translations(languages: tuple[str, ...]) -> None:
    """Print how many messages of the interface each language has; of a LANGUAGE, also what is to be done.

    Below them the words in the tables and figures of reports.
    """
    found = i18n.completeness()
    for language in languages:
        if language not in found:
            raise click.BadParameter(f"{language}: one of {', '.join(found)}", param_hint="LANGUAGE")
    _print(found, languages)
    click.echo("Tables and figures of reports:")
    _print(i18n.completeness(domain="analysis"), languages)


def _print(found: Mapping[str, Completeness], languages: tuple[str, ...]) -> None:
    for each in found.values():
        if not languages or each.language in languages:
            click.echo(f"{each.language}: {each.done} of {each.messages}{_standing(each)}")
        if each.language in languages:
            for unfinished in each.unfinished:
                click.echo(f"  {unfinished.reason}: {unfinished.message!r}")


def _standing(found: Completeness) -> str:
    if found.complete:
        return ", complete"
    return f", {len(found.unfinished)} to do" if found.unfinished else ", not compiled: run make catalogues"
