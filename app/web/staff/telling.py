"""An entry of the timeline in words: what happened, and one line of detail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.response import STAFF
from app.i18n import format_day, gettext
from app.queries.data_queries import About
from app.queries.participants import ParticipantRow
from app.queries.timeline import TimelineEntry
from app.web.speech import said
from app.web.staff import words
from app.web.staff.desk import Desk

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What stands on the page; `when` only where the day alone would say more than is known.

    `value` is what a query on the entry would be about, where the page of the entry itself is this one.
    """

    title: str
    detail: str = ""
    state: str = ""
    event_id: int | None = None
    response_id: int | None = None
    when: str = ""
    value: About | None = None


def told(entry: TimelineEntry, desk: Desk, participant: ParticipantRow) -> Told:
    """Return an entry's words in the language in use; kinds without words of their own show their name."""
    tell = _TELLERS.get(entry.kind) or _TELLERS.get(entry.kind.partition(".")[0])
    what = tell(entry, desk, participant) if tell else Told(entry.kind)
    return what if what.when else replace(what, when=words.day(entry.on))


def _enrolment(_entry: TimelineEntry, _desk: Desk, participant: ParticipantRow) -> Told:
    about: About = ("participant", participant.id, "enrolled_on")
    return Told(gettext("Enrolled"), words.language(participant.language), value=about)


def _consent(entry: TimelineEntry, _desk: Desk, participant: ParticipantRow) -> Told:
    version = gettext("Version %(version)s", version=entry.details["version"])
    first = participant.consents[:1] == ((entry.details["version"], entry.on),)
    about: About = ("participant", participant.id, "consented_on")
    return Told(gettext("Consented"), version, value=about if first else None)


def _randomisation(entry: TimelineEntry, desk: Desk, participant: ParticipantRow) -> Told:
    arm = entry.details.get("arm")
    about: About = ("participant", participant.id, "randomised_on")
    return Told(gettext("Randomised"), "" if arm is None else desk.study.arm(str(arm)).name, value=about)


def _withdrawal(entry: TimelineEntry, _desk: Desk, _participant: ParticipantRow) -> Told:
    scope = str(words.SCOPES[str(entry.details["scope"])])
    reason = str(entry.details.get("reason") or "")
    return Told(gettext("Withdrew"), f"{scope} – {reason}" if reason else scope)


def _infusion(entry: TimelineEntry, _desk: Desk, _participant: ParticipantRow) -> Told:
    lot, route = entry.details.get("lot"), entry.details.get("route")
    detail = gettext("Lot %(lot)s, %(route)s", lot=lot, route=route) if lot else ""
    details: Details = entry.details
    return Told(gettext("Infusion"), detail, value=("treatment", details["treatment_id"], "given_on"))


def _response(entry: TimelineEntry, desk: Desk, _participant: ParticipantRow) -> Told:
    title = gettext("Answers sent") if entry.kind == "response.submit" else gettext("Began to answer")
    visit = _visit(desk, str(entry.details["visit"]))
    details: Details = entry.details
    how = [visit, words.RESPONDENTS[details["respondent"]]]
    if details["respondent"] == STAFF:
        return Told(gettext("Form filled in"), " · ".join(map(str, how)), response_id=details["response_id"])
    how.append(words.MODES[details["mode"]])
    if details["differs"]:
        how.append(gettext("answered differently on two devices"))
    return Told(title, " · ".join(map(str, how)), response_id=details["response_id"])


def _event(entry: TimelineEntry, _desk: Desk, _participant: ParticipantRow) -> Told:
    details: Details = entry.details
    title = str(words.EVENT_KINDS[details["kind"]])
    if details["term"]:
        title = f"{title}: {details['term']}"
    when = words.period(details["started"], details["ended"], details["ongoing"])
    by = gettext("reported by %(who)s", who=words.who(str(details["reported_by"])))
    began = words.partial_date(details["started"])
    return Told(title, f"{when} – {by}", event_id=details["event_id"], when=began)


def _reading(entry: TimelineEntry, _desk: Desk, _participant: ParticipantRow) -> Told:
    details: Details = entry.details
    return Told(
        gettext("Reported event read"),
        str(details.get("note") or ""),
        state=details["decision"],
        event_id=details["event_id"],
    )


def _sighting(entry: TimelineEntry, _desk: Desk, _participant: ParticipantRow) -> Told:
    how = str(words.SEEN_HOW[str(entry.details["how"])])
    transplant = {
        True: gettext("no transplant so far"),
        False: gettext("has had a transplant"),
        None: gettext("not asked about a transplant"),
    }[entry.details["untransplanted"]]  # type: ignore[index]  # the query's details hold any value
    details: Details = entry.details
    about: About = ("sighting", details["sighting_id"], "seen_on")
    return Told(gettext("Known to be alive"), f"{how}; {transplant}", value=about)


def _reminder(entry: TimelineEntry, desk: Desk, _participant: ParticipantRow) -> Told:
    state = entry.kind.partition(".")[2]
    return Told(gettext("Reminder"), _visit(desk, str(entry.details["visit"])), state=state)


def _link(entry: TimelineEntry, _desk: Desk, participant: ParticipantRow) -> Told:
    details: Details = entry.details
    revoked: datetime | None = details["revoked_at"]
    if revoked is not None:
        return Told(gettext("Link made"), gettext("no longer works"))
    until = format_day(details["expires_at"].astimezone(participant.time_zone).date())
    return Told(gettext("Link made"), gettext("works until %(day)s", day=until))


def _visit(desk: Desk, code: str) -> str:
    return next((said(visit.title) for visit in desk.study.schedule if visit.code == code), code)


_TELLERS: dict[str, Callable[[TimelineEntry, Desk, ParticipantRow], Told]] = {
    "participant.enrol": _enrolment,
    "participant.randomise": _randomisation,
    "consent": _consent,
    "withdrawal": _withdrawal,
    "treatment": _infusion,
    "response": _response,
    "event.report": _event,
    "event.read": _reading,
    "sighting": _sighting,
    "reminder": _reminder,
    "link": _link,
}
