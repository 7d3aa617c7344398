"""The language that a page speaks, and the words, dates and numbers that templates say in it."""

from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app import i18n
from app.domain.partial_date import PartialDate
from app.domain.study import Texts


def install(app: Flask) -> None:
    """Let templates speak, and every request start in a language of its own."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    # New style: what fills a message's places is escaped, the message itself is ours.
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        i18n.gettext, i18n.plural_form, newstyle=True, pgettext=i18n.pgettext
    )
    environment.globals.update(
        ngettext=_counted,
        language=i18n.current,
        date_order=i18n.date_order,
        direction=i18n.direction,
        own_name=i18n.own_name,
        format_day=i18n.format_day,
        format_hour=i18n.format_hour,
        format_instant=i18n.format_instant,
        format_number=i18n.format_number,
        format_partial=format_partial,
        format_share=i18n.format_share,
        said=said,
    )
    app.before_request(_start)


def _start() -> None:
    i18n.speak(asked_language())


@pass_context
def _counted(context: Context, singular: str, plural: str, num: int, **values: object) -> str:
    """Say a message with the form and the figures that the language uses for a number."""
    form = i18n.plural_form(singular, plural, num)
    places = {"num": i18n.format_number(num)} | values
    return Markup(form) % places if context.eval_ctx.autoescape else form % places  # noqa: S704 - ours


def asked_language() -> str:
    """Return the language that the address or else the browser asks for, of those the interface has."""
    wanted = request.args.get("language", "")
    return wanted if wanted in i18n.languages() else browser_language(i18n.languages())


def browser_language(offered: tuple[str, ...]) -> str:
    """Return the first language the browser asks for: `es-MX` is served by `es`, `zh-CN` by `zh-Hans`."""
    for wanted, _ in request.accept_languages:
        for tag in offered:
            if wanted.lower() == tag.lower():
                return tag
        for tag in offered:
            if wanted.split("-")[0].lower() == tag.split("-")[0].lower():
                return tag
    return offered[0]


def said(texts: Texts) -> str:
    """Return a study's own words in the language in use, or else in the first it has."""
    return texts.get(i18n.current()) or next(iter(texts.values()))


def format_partial(day: PartialDate) -> str:
    """Return a partly known date as the language writes it: 5 March 2026, March 2026, 2026."""
    return i18n.format_partial(day.earliest, day.precision)
