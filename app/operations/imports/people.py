"""The participants that the rows of an import speak of, those of the files and those that are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.schedule import civil_date
from app.domain.study import Study
from app.formats.tables import ConsentRow, ParticipantRow


@dataclass(frozen=True)
class Person:
    """A participant as the files and the database together know them; `first_consent_on` None: not known."""

    row: ParticipantRow
    zone: ZoneInfo
    today: date
    first_consent_on: date | None

    def day(self, instant: datetime) -> date:
        """Return the civil date of an instant where the participant is."""
        return civil_date(instant, self.zone)


def completed(row: ParticipantRow, study: Study) -> ParticipantRow:
    """Fill in what a file may leave out: the language and the time zone are then the site's."""
    site = next((each for each in study.sites if each.code == row.site), None)
    if site is None:
        return row
    return replace(row, language=row.language or site.language, time_zone=row.time_zone or site.time_zone)


def people(
    rows: Iterable[ParticipantRow], consents: Iterable[ConsentRow], *, now: datetime
) -> Mapping[str, Person]:
    """Return everyone by code; of two rows of one participant the later one counts."""
    first: dict[str, date] = {}
    for row in consents:
        first[row.participant] = min(row.consented_on, first.get(row.participant, row.consented_on))
    found = {}
    for each in rows:
        zone = ZoneInfo(each.time_zone or "UTC")
        found[each.code] = Person(each, zone, civil_date(now, zone), first.get(each.code))
    return found
