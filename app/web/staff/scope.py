"""What a member of staff may see, as one choice: every study, one study, or one site of it."""

from app.errors import Code, Refusal
from app.i18n import gettext
from app.queries import studies
from app.web.speech import said
from app.web.staff.desk import Desk

EVERYTHING = "all"


def offered(desk: Desk) -> list[tuple[str, str]]:
    """Return the choices of one who administers: never more than they may see themselves."""
    found = [(EVERYTHING, gettext("Every study"))]
    for code in studies.codes(desk.session):
        current = studies.current(desk.session, code=code)
        title = said(current.study.title)
        found.append((f"{current.study_id}", gettext("%(study)s: every site", study=title)))
        found += [
            (f"{current.study_id}/{site.code}", f"{title}: {site.name}") for site in current.study.sites
        ]
    return [(value, words) for value, words in found if _within(desk, value)]


def _within(desk: Desk, value: str) -> bool:
    study_id, site = parsed(value)
    return desk.actor.may_see(study_id=study_id, site=site)


def parsed(value: str) -> tuple[int | None, str | None]:
    """Return the study and the site that a choice stands for."""
    if value == EVERYTHING:
        return None, None
    study_id, _, site = value.partition("/")
    if not (study_id.isascii() and study_id.isdecimal()):
        raise Refusal(Code.UNKNOWN_CODE, f"scope {value}")
    return int(study_id), site or None


def chosen(study_id: int | None, site: str | None) -> str:
    """Return the choice that stands for a study and a site."""
    if study_id is None:
        return EVERYTHING
    return f"{study_id}/{site}" if site else f"{study_id}"
