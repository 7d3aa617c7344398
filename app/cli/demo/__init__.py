"""`hepatica demo`: a study to try everything on, with some 200 simulated participants."""

import click

from app import clock, config
from app.cli.demo.accounts import ensure_accounts
from app.cli.demo.making import found, make
from app.cli.demo.ways_in import ensure_link, ways_in
from app.errors import Code, Refusal


@click.command()
@click.option("--show", is_flag=True, help="Only print the ways in; change nothing.")
def demo(show: bool) -> None:
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
        made = make(settings, now=now)
        ensure_accounts(settings, made.current, now=now)
        ensure_link(settings, made, now=now)
    for line in ways_in(settings, made, now=now):
        click.echo(line)
