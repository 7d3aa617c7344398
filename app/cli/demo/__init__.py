"""`hepatica demo`: a study to try everything on, with some 200 simulated participants."""

from dataclasses import replace

import click

from app import clock, config
from app.cli.demo.accounts import ensure_accounts
from app.cli.demo.making import found, make
from app.cli.demo.truth import TRUTH
from app.cli.demo.ways_in import ensure_link, ways_in
from app.errors import Code, Refusal


@click.command()
@click.option("--show", is_flag=True, help="Only print the ways in; change nothing.")
@click.option("--participants", type=click.IntRange(min=1), default=TRUTH.participants, hidden=True)
def demo(show: bool, participants: int) -> None:
    """Make the demo study, or finish one that was interrupted, and print the ways in.

    A demo that is there stays as it is.
    """
    settings = config.load()
    now = clock.now()
    if show:
        made = found(settings)
        if made is None:
            raise Refusal(Code.NOT_FOUND, "the demo study; make it with `hepatica demo`")
    else:
        made = make(settings, now=now, truth=replace(TRUTH, participants=participants))
        ensure_accounts(settings, made.current, now=now)
        ensure_link(settings, made, now=now)
    for line in ways_in(settings, made, now=now):
        click.echo(line)
