"""A study that a test fills row by row, also with what the operations would refuse."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pandas as pd
from sqlalchemy.orm import Session

from analysis import StudyData, load
from analysis.datasets import frames, read
from analysis.reports.carrying_out import CarriedOut, carry_out, found
from analysis.reports.step import Step
from app import database
from app.domain import default_plan
from app.domain.adjudication import Decision, EventChoice, EventKind
from app.domain.adverse_event import Recovery
from app.domain.analysis_plan import USUAL, Analysis, AnalysisSettings
from app.domain.estimand import Estimand
from app.domain.partial_date import PartialDate
from app.domain.sighting import SeenHow
from app.domain.study import ProductLot
from app.domain.visit import Visit
from app.domain.withdrawal import WithdrawalScope
from app.models import (
    Answer,
    Consent,
    Event,
    Occasion,
    Participant,
    Reading,
    Response,
    Sighting,
    Treatment,
    Withdrawal,
)
from app.operations.studies import load_study
from app.queries import studies
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY

DAY_0 = date(2026, 1, 5)
WRITTEN = {"recorded_at": MORNING, "recorded_by": "account:1"}


def day(number: int) -> date:
    """The day so many days after day 0."""
    return DAY_0 + timedelta(days=number)


@dataclass
class Trial:
    """The tiny study of tests/fixtures/study.py; day 0 is 2026-01-05 unless told otherwise."""

    url: str
    study_id: int
    instrument_version_id: int
    wording_id: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    visits: tuple[Visit, ...] = STUDY.visits

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with database.writing(self.url) as session:
            yield session

    def enrol(
        self,
        code: str,
        *,
        arm: str | None = "cells",
        site: str = "mad",
        zone: str = "Europe/Madrid",
        enrolled: int = 0,
        randomised: int = 0,
        consented: int | None = 0,
        visits: bool = True,
    ) -> int:
        with self.writing() as session:
            participant = Participant(
                study_id=self.study_id,
                code=code,
                site=site,
                language="en",
                time_zone=zone,
                enrolled_at=MORNING,
                enrolled_on=day(enrolled),
                arm=arm,
                randomised_on=day(randomised) if arm else None,
            )
            session.add(participant)
            session.flush()
            if consented is not None:
                session.add(
                    Consent(
                        participant_id=participant.id, version="1", consented_on=day(consented), **WRITTEN
                    )
                )
            for visit in self.visits if arm and visits else ():
                due_on = day(randomised + visit.day)
                session.add(
                    Occasion(
                        participant_id=participant.id,
                        visit=visit.code,
                        opens_on=due_on - timedelta(days=visit.opens),
                        due_on=due_on,
                        closes_on=due_on + timedelta(days=visit.closes),
                    )
                )
            return participant.id

    def event(
        self,
        participant_id: int,
        kind: EventKind,
        started: int | PartialDate,
        ended: int | PartialDate | None = None,
        *,
        decision: Decision | None = "confirmed",
        agreed: tuple[int, int | None] | None = None,
        term: str = "",
        criteria: str = "",
        recovery: Recovery | None = None,
    ) -> int:
        with self.writing() as session:
            event = Event(
                participant_id=participant_id,
                kind=kind,
                started=_partial(started),
                ended=None if ended is None else _partial(ended),
                term=term,
                criteria=criteria,
                recovery=recovery,
                reported_at=MORNING,
                reported_by="participant:1",
                report_id=f"report-{next(self.numbers)}",
            )
            session.add(event)
            session.flush()
            if decision is not None:
                first, last = agreed or (started, ended)
                assert isinstance(first, int)
                assert last is None or isinstance(last, int)
                confirmed = decision == "confirmed"
                session.add(
                    Reading(
                        event_id=event.id,
                        decision=decision,
                        agreed_started_on=day(first) if confirmed else None,
                        agreed_ended_on=day(last) if confirmed and last is not None else None,
                        read_at=MORNING,
                        read_by="account:1",
                    )
                )
            return event.id

    def sighted(
        self, participant_id: int, on: int, *, how: SeenHow = "call", untransplanted: bool | None = None
    ) -> int:
        with self.writing() as session:
            row = Sighting(
                participant_id=participant_id,
                seen_on=day(on),
                how=how,
                untransplanted=untransplanted,
                **WRITTEN,
            )
            session.add(row)
            session.flush()
            return row.id

    def withdrawn(self, participant_id: int, scope: WithdrawalScope, on: int) -> None:
        with self.writing() as session:
            session.add(
                Withdrawal(participant_id=participant_id, scope=scope, withdrawn_on=day(on), **WRITTEN)
            )

    def infused(self, participant_id: int, on: int, *, lot: str = "LOT-1") -> int:
        with self.writing() as session:
            row = Treatment(
                participant_id=participant_id,
                lot=lot,
                route="peripheral vein",
                given_on=day(on),
                **WRITTEN,
            )
            session.add(row)
            session.flush()
            return row.id

    def answered(
        self,
        participant_id: int,
        visit: str,
        answers: Mapping[str, int | str | None],
        *,
        on: int | datetime,
        sent: bool = True,
        respondent: str = "patient",
    ) -> int:
        at = on if isinstance(on, datetime) else datetime.combine(day(on), MORNING.timetz())
        key = next(self.numbers)
        with self.writing() as session:
            occasion = session.query(Occasion).filter_by(participant_id=participant_id, visit=visit).one()
            response = Response(
                occasion_id=occasion.id,
                instrument="itch",
                instrument_version_id=self.instrument_version_id,
                wording_id=self.wording_id,
                respondent=respondent,
                started_at=at,
                submitted_at=at if sent else None,
                submission_id=f"submission-{key}" if sent else None,
                receipt=f"R{key}" if sent else None,
            )
            session.add(response)
            session.flush()
            for item, value in answers.items():
                session.add(
                    Answer(
                        response_id=response.id,
                        item=item,
                        value=value,
                        answered_at=at,
                        received_at=at + timedelta(days=2),
                        wording_id=self.wording_id,
                    )
                )
            return response.id

    def answer_again(
        self, response_id: int, answers: Mapping[str, int | str | None], *, after: timedelta
    ) -> None:
        """Store answers that were given so long after the response had been sent."""
        with self.writing() as session:
            at = session.get_one(Response, response_id).submitted_at
            assert at is not None
            for item, value in answers.items():
                session.add(
                    Answer(
                        response_id=response_id,
                        item=item,
                        value=value,
                        answered_at=at + after,
                        received_at=at + timedelta(days=3),
                        wording_id=self.wording_id,
                    )
                )

    def amend(
        self,
        *analyses: Analysis,
        estimands: Sequence[Estimand] = STUDY.estimands,
        settings: AnalysisSettings = USUAL,
        visits: Sequence[Visit] = STUDY.visits,
        product_lots: Sequence[ProductLot] = STUDY.product_lots,
    ) -> None:
        """Load the study again with estimands, a plan and visits; who is enrolled from then on has these."""
        self.visits = tuple(visits)
        study = replace(
            STUDY,
            estimands=tuple(estimands),
            analyses=analyses,
            analysis=settings,
            visits=self.visits,
            product_lots=tuple(product_lots),
        )
        with self.writing() as session:
            load_study(session, folder=replace(FOLDER, study=study), actor=COMMAND, now=MORNING)

    def carried_out(
        self, *, cutoff: int | None = None, events: EventChoice = "confirmed", blinded: bool = False
    ) -> CarriedOut:
        """Carry out the plan of the study as it stands."""
        until = None if cutoff is None else day(cutoff)
        known = read(self.url, study="tiny", cutoff=until, events=events, blinded=blinded)
        return carry_out(known, frames(known))

    def data(
        self, *, cutoff: int | None = None, events: EventChoice = "confirmed", blinded: bool = False
    ) -> StudyData:
        until = None if cutoff is None else day(cutoff)
        return load(self.url, study="tiny", cutoff=until, events=events, blinded=blinded)


def described(data: StudyData, code: str, table: str) -> pd.DataFrame | None:
    """A table of the description of every study, as a frame; None where there are no data for it."""
    steps = {
        analysis.code: (estimand, analysis) for estimand, analysis in default_plan.description(data.study)
    }
    estimand, analysis = steps[code]
    rows = found(Step(data=data, estimand=estimand, analysis=analysis)).results.get(table)
    return None if rows is None else pd.DataFrame(rows)


def _partial(given: int | PartialDate) -> PartialDate:
    return given if isinstance(given, PartialDate) else PartialDate.of(day(given))


def utc(on: int, hour: int) -> datetime:
    """An instant so many days after day 0."""
    return datetime.combine(day(on), datetime.min.time(), tzinfo=UTC) + timedelta(hours=hour)


def begin(url: str) -> Trial:
    """Load the tiny study into an empty database."""
    with database.writing(url) as session:
        study_id = load_study(session, folder=FOLDER, actor=COMMAND, now=MORNING).study_id
        offered = studies.current(session, study_id=study_id).offered["itch", "en"]
    return Trial(url, study_id, offered.instrument_version_id, offered.wording_id)
