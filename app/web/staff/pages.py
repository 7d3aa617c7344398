"""How a staff page is drawn: what the frame around every one of them needs."""

from flask import g, render_template

from app.i18n import languages
from app.web.speech import said
from app.web.staff import table_file, words
from app.web.staff.desk import Desk

FOR_WORK = (
    "today",
    "worklist",
    "roster",
    "alert_queue",
    "events",
    "data_queries",
    "reminder_log",
    "completion",
)
FOR_NUMBERS = ("reports",)
PLACES = {
    "coordinator": FOR_WORK,
    "monitor": (*FOR_WORK, "corrections", "strata", "audit_trail"),
    "adjudicator": ("events",),
    "statistician": (*FOR_NUMBERS, "completion"),
    "administrator": (*FOR_WORK, *FOR_NUMBERS, "corrections", "strata", "audit_trail", "people"),
}


def page(template: str, desk: Desk, **values: object) -> str:
    """Return a page inside the frame: study, places to go, who is signed in."""
    return render_template(
        f"staff/{template}",
        desk=desk,
        places=PLACES[desk.staff.role],
        study_title=said(desk.study.title),
        words=words,
        words_site=site_name,
        languages=languages,
        as_file=table_file.address,
        **values,
    )


def site_name(code: str) -> str:
    """Return what a site of the study at hand is called."""
    desk: Desk = g.desk
    return next((site.name for site in desk.study.sites if site.code == code), code)
