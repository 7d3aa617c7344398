"""The participants that the rows of an import speak of, those of the files and those that are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.schedule import civil_date
from app.domain.study import Study
from app.domain.visit import Anchor
from app.formats.tables import ConsentRow, ParticipantRow, TreatmentRow


@dataclass(frozen=True)
class Person:
    """A participant as the files and the database together know them; a first day that is None: not known."""

    row: ParticipantRow
    zone: ZoneInfo
    today: date
    first_consent_on: date | None
    first_infused_on: date | None

    @property
    def anchors(self) -> Mapping[Anchor, date | None]:
        """Return the days from which visits are counted."""
        return {
            "randomisation": self.row.randomised_on,
            "infusion": self.first_infused_on,
            "consent": self.first_consent_on,
        }

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
    rows: Iterable[ParticipantRow],
    consents: Iterable[ConsentRow],
    treatments: Iterable[TreatmentRow],
    *,
    now: datetime,
) -> Mapping[str, Person]:
    """Return everyone by code; of two rows of one participant the later one counts."""
    consented = _first((row.participant, row.consented_on) for row in consents)
    infused = _first((row.participant, row.given_on) for row in treatments)
    found = {}
    for each in rows:
        zone = ZoneInfo(each.time_zone or "UTC")
        today = civil_date(now, zone)
        found[each.code] = Person(each, zone, today, consented.get(each.code), infused.get(each.code))
    return found


def _first(days: Iterable[tuple[str, date]]) -> dict[str, date]:
    first: dict[str, date] = {}
    for code, day in days:
        first[code] = min(day, first.get(code, day))
    return first
