"""Tells simulated lives to the operations, as if each thing happened at its simulated instant."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.demo.life import Act, Answered, FilledIn, Infused, Life, Read, Reported, Seen, Withdrew
from app.domain.actor import Actor
from app.formats.contact import ContactDetails
from app.models import Occasion
from app.operations.answers import save_answers
from app.operations.consents import record_withdrawal
from app.operations.entered_responses import enter_response
from app.operations.events import read_event, report_event
from app.operations.links import issue_link
from app.operations.participants import enrol_participant, randomise_participant
from app.operations.responses import submit_response
from app.operations.sightings import record_sighting
from app.operations.treatments import record_treatment
from app.queries.access import Visitor
from app.queries.studies import CurrentStudy

STAFF = Actor("command", name="demo")
"""Who did what staff do: the trail says that it was the demo, not a person."""


def tell(session: Session, life: Life, *, current: CurrentStudy, contact_keys: tuple[str, ...]) -> int:
    """Enrol one participant and let everything happen that their life holds; return the id."""
    consents = current.study.consent_versions
    participant_id = enrol_participant(
        session,
        study_id=current.study_id,
        code=life.code,
        site=life.site,
        language=life.language,
        contact=ContactDetails(
            f"Participant {life.code}", f"{life.code.lower()}@demo.invalid", None, life.birth_year
        ),
        consent_version=consents[0],
        consented_on=life.consented_on,
        actor=STAFF,
        now=life.enrolled_at,
        contact_keys=contact_keys,
    )
    if life.arm is not None and life.course is not None and life.randomised_at is not None:
        randomise_participant(
            session,
            participant_id=participant_id,
            arm=life.arm,
            randomised_on=life.course.day_0,
            actor=STAFF,
            now=life.randomised_at,
        )
        issue_link(session, participant_id=participant_id, actor=STAFF, now=life.randomised_at)
    teller = _Teller(session, life, current, participant_id)
    for act in life.acts:
        teller.tell(act)
    return participant_id


class _Teller:
    """Tells one life; the transaction holds the participant, who is not even visible to others yet."""

    def __init__(self, session: Session, life: Life, current: CurrentStudy, participant_id: int) -> None:
        self._session, self._study = session, current.study
        actor = Actor("participant", participant_id, study_id=current.study_id, site=life.site)
        zone = ZoneInfo(current.study.site(life.site).time_zone)
        self._visitor = Visitor(participant_id, current.study_id, life.site, life.language, zone, actor)
        found = session.execute(
            select(Occasion.visit, Occasion.id).where(Occasion.participant_id == participant_id)
        )
        self._occasions = {visit: occasion_id for visit, occasion_id in found}  # noqa: C416 - a Result is no mapping
        self._events: dict[str, int] = {}

    def tell(self, act: Act) -> None:
        match act:
            case Answered():
                self._answered(act)
            case FilledIn():
                self._filled_in(act)
            case Infused():
                self._infused(act)
            case Reported():
                self._reported(act)
            case Read():
                self._read(act)
            case Seen():
                self._seen(act)
            case Withdrew():
                self._withdrew(act)
            case _:
                raise TypeError(f"nobody knows how to tell {act!r}")

    def _answered(self, act: Answered) -> None:
        occasion_id = self._occasions[act.visit]
        save_answers(
            self._session,
            visitor=self._visitor,
            occasion_id=occasion_id,
            instrument=act.instrument,
            raw=act.first,
            now=act.at,
            language=self._visitor.language,
        )
        if act.sent_at is not None:
            submit_response(
                self._session,
                visitor=self._visitor,
                occasion_id=occasion_id,
                instrument=act.instrument,
                raw=act.rest,
                submission_id=f"{self._visitor.participant_id}-{act.visit}-{act.instrument}",
                now=act.sent_at,
                language=self._visitor.language,
            )

    def _filled_in(self, act: FilledIn) -> None:
        enter_response(
            self._session,
            participant_id=self._visitor.participant_id,
            occasion_id=self._occasions[act.visit],
            instrument=act.instrument,
            raw=act.answers,
            mode="paper",
            respondent="staff",
            answered_on=act.on,
            language=self._study.languages[0],
            reason="",
            submission_id=f"{self._visitor.participant_id}-{act.visit}-{act.instrument}",
            actor=STAFF,
            now=act.at,
        )

    def _infused(self, act: Infused) -> None:
        record_treatment(
            self._session,
            participant_id=self._visitor.participant_id,
            lot=act.lot,
            route=act.route,
            given_on=act.on,
            actor=STAFF,
            now=act.at,
        )

    def _reported(self, act: Reported) -> None:
        self._events[act.report_id] = report_event(
            self._session,
            participant_id=self._visitor.participant_id,
            kind=act.kind,
            started=act.started,
            ended=act.ended,
            ongoing=act.ongoing,
            reason=act.reason,
            term=act.term,
            criteria=act.criteria,
            report_id=act.report_id,
            actor=self._visitor.actor if act.by_participant else STAFF,
            now=act.at,
        )

    def _read(self, act: Read) -> None:
        read_event(
            self._session,
            event_id=self._events[act.report_id],
            decision=act.decision,
            agreed_started_on=act.started_on,
            agreed_ended_on=act.ended_on,
            actor=STAFF,
            now=act.at,
        )

    def _seen(self, act: Seen) -> None:
        record_sighting(
            self._session,
            participant_id=self._visitor.participant_id,
            seen_on=act.on,
            how=act.how,
            untransplanted=act.untransplanted,
            actor=STAFF,
            now=act.at,
        )

    def _withdrew(self, act: Withdrew) -> None:
        record_withdrawal(
            self._session,
            participant_id=self._visitor.participant_id,
            scope=act.scope,
            withdrawn_on=act.on,
            reason="",
            actor=STAFF,
            now=act.at,
        )
