"""A study of five questions with several surveys open at once, and participants who hold a link to them."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import database
from app.domain.instrument import Instrument, Item, Wording
from app.domain.schedule import civil_date
from app.domain.study import Visit
from app.formats import link_token
from app.formats.contact import ContactDetails
from app.formats.study_folder import StudyFolder
from app.models import Occasion
from app.operations.links import issue_link
from app.operations.participants import enrol_participant, randomise_participant
from app.operations.studies import load_study
from tests.fixtures import study as tiny
from tests.fixtures.phone import BIRTH_YEAR

SURVEYS_EACH = 5
"""Surveys that one participant answers on one phone: what the first leaves there, the next may meet."""
NAME = "five"
ITEMS = ("one", "two", "three", "four", "five")
VALUES = (0, 1, 2, 3, 4)
INSTRUMENT = Instrument(
    name=NAME,
    recall_days=7,
    choices={"much": VALUES},
    items=tuple(Item(code=code, type="choice", choices="much") for code in ITEMS),
    scales=(),
)
WORDS = {
    "en": (
        "Five questions",
        "How much was it, question {}?",
        ("None", "Little", "Some", "Much", "All of it"),
    ),
    "ar": ("خمسة أسئلة", "كم كان ذلك، السؤال {}؟", ("لا شيء", "قليل", "بعض", "كثير", "كله")),
}
STUDY = tiny.STUDY
VISITS = tuple(
    Visit(
        code=f"day-{day}",
        day=day,
        opens=SURVEYS_EACH,
        closes=28,
        title={"en": f"Day {day}", "ar": f"اليوم {day}"},
        instruments=(NAME,),
    )
    for day in range(SURVEYS_EACH)
)


@dataclass(frozen=True)
class Invited:
    """One participant: the paths of the link and of the surveys that wait."""

    link: str
    surveys: tuple[str, ...]


def folder() -> StudyFolder:
    """Return the study: all its visits are open today."""
    wordings = {
        (NAME, language): Wording(
            language=language,
            title=title,
            introduction=title,
            recall=title,
            items={code: asked.format(code) for code in ITEMS},
            choices={"much": much},
            licence="Apache-2.0",
            source="Hepatica's benchmarks",
            validation="not validated",
            notice=title,
        )
        for language, (title, asked, much) in WORDS.items()
    }
    study = replace(STUDY, visits=VISITS, reminders=())
    return StudyFolder(study=study, instruments={NAME: INSTRUMENT}, wordings=wordings)


def load(url: str, *, now: datetime) -> int:
    """Put the study into a database; return its id."""
    with database.writing(url) as session:
        return load_study(session, folder=folder(), actor=tiny.COMMAND, now=now).study_id


def invited(url: str, study_id: int, number: int, *, now: datetime) -> Invited:
    """Enrol a participant who has all surveys to answer today."""
    site = STUDY.sites[number % len(STUDY.sites)]
    today = civil_date(now, ZoneInfo(site.time_zone))
    with database.writing(url) as session:
        participant_id = enrol_participant(
            session,
            study_id=study_id,
            code=f"FAULT-{number:04}",
            site=site.code,
            language=site.language,
            contact=ContactDetails("Somebody", None, None, int(BIRTH_YEAR)),
            consent_version=STUDY.consent_versions[0],
            consented_on=today,
            actor=tiny.COMMAND,
            now=now,
            contact_keys=tiny.CONTACT_KEYS,
        )
        randomise_participant(
            session,
            participant_id=participant_id,
            arm=STUDY.arms[number % len(STUDY.arms)].code,
            randomised_on=today,
            actor=tiny.COMMAND,
            now=now,
        )
        link_id = issue_link(session, participant_id=participant_id, actor=tiny.COMMAND, now=now)
        occasions = session.scalars(
            select(Occasion.id).where(Occasion.participant_id == participant_id).order_by(Occasion.due_on)
        )
        paths = tuple(f"/survey/{occasion_id}/{NAME}" for occasion_id in occasions)
    return Invited(f"/p/{link_token.sign(link_id, tiny.LINK_KEYS)}", paths)
