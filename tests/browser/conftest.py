"""The demonstration study on a server, and participants who hold links to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from app import clock, database
from app.domain.schedule import civil_date
from app.domain.study import Site
from app.formats import link_token, study_folder
from app.formats.contact import ContactDetails
from app.formats.study_folder import StudyFolder
from app.operations.links import issue_link
from app.operations.participants import enrol_participant, randomise_participant
from app.operations.studies import load_study
from tests.fixtures import kinds
from tests.fixtures.phone import BIRTH_YEAR, SETTINGS
from tests.fixtures.server import Serve
from tests.fixtures.study import COMMAND, CONTACT_KEYS, LINK_KEYS

DEMO = Path(__file__).parents[2] / "studies" / "demo"
ITEMS = 16
"""The questions of its questionnaire for participants."""


@dataclass(frozen=True)
class Invitation:
    """A participant's way in, on a server that runs."""

    server: str
    database_url: str
    participant_id: int
    token: str

    @property
    def link(self) -> str:
        """Return the address on the participant's sheet."""
        return f"{self.server}/p/{self.token}"

    def come_in(self, page: Page) -> Page:
        """Open the link, give the year of birth and arrive on the first page."""
        page.goto(self.link)
        page.locator("#birth_year").fill(BIRTH_YEAR)
        page.locator("button.main").click()
        page.wait_for_url("**/today")
        return page

    def open_survey(self, page: Page) -> Page:
        """Come in and open what is due."""
        self.come_in(page).locator("a.main").click()
        page.wait_for_url("**/survey/**")
        return page

    def open_kind(self, page: Page, behaviour: str) -> Page:
        """Come in, where that has not been done, and open one of the questionnaires that are due."""
        if not page.url.startswith(self.server):
            self.come_in(page)
        page.goto(f"{self.server}/today")
        way = page.locator(f"a[href$='/{behaviour}']").get_attribute("href")
        page.goto(f"{self.server}{way}")
        return page


Invite = Callable[[str], Invitation]


@pytest.fixture
def invite(sqlite_url: str, serve: Serve) -> Iterator[Invite]:
    """Enrol someone in the demonstration study who reads a language: `invite("ar")`."""
    yield from inviting(study_folder.read(DEMO), sqlite_url, serve)


@pytest.fixture
def invite_to_kinds(sqlite_url: str, serve: Serve) -> Iterator[Invite]:
    """Enrol someone in the study that asks every kind of question."""
    yield from inviting(kinds.folder(), sqlite_url, serve)


def inviting(folder: StudyFolder, sqlite_url: str, serve: Serve, **settings: str) -> Iterator[Invite]:
    """Serve a study and give what enrols someone in it."""
    with database.writing(sqlite_url) as session:
        study_id = load_study(session, folder=folder, actor=COMMAND, now=clock.now()).study_id
    with serve(sqlite_url, **(SETTINGS | settings)) as server:

        def invite(language: str) -> Invitation:
            site = _site_of(folder.study.sites, language)
            with database.writing(sqlite_url) as session:
                now = clock.now()
                today = civil_date(now, ZoneInfo(site.time_zone))
                participant_id = enrol_participant(
                    session,
                    study_id=study_id,
                    code=f"P-{language}",
                    site=site.code,
                    language=language,
                    contact=ContactDetails("A name", None, None, int(BIRTH_YEAR)),
                    consent_version=folder.study.consent_versions[0],
                    consented_on=today,
                    actor=COMMAND,
                    now=now,
                    contact_keys=CONTACT_KEYS,
                )
                randomise_participant(
                    session,
                    participant_id=participant_id,
                    arm=folder.study.arms[0].code,
                    randomised_on=today,
                    actor=COMMAND,
                    now=now,
                )
                link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=now)
            return Invitation(server.url, sqlite_url, participant_id, link_token.sign(link_id, LINK_KEYS))

        yield invite


def _site_of(sites: tuple[Site, ...], language: str) -> Site:
    return next((site for site in sites if site.language == language), sites[0])
