"""The questionnaires of a large trial: everyone's visits, what was sent, and every single answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.domain.instrument import Instrument
from app.domain.visit import Visit
from app.models import Answer, Occasion, Response
from app.queries import studies
from app.queries.studies import CurrentStudy
from bench.bulk import Courses, Days, add, day_of, instant_of

BETWEEN_ANSWERS = timedelta(seconds=8)


def questionnaires(
    session: Session, current: CurrentStudy, courses: Courses, random: np.random.Generator
) -> None:
    """Every visit for everyone; nine of ten that came due are answered, an answer of thirty is left out."""
    (name,) = {each for visit in current.study.schedule for each in visit.instruments}
    offered = current.offered[name, current.study.languages[0]]
    instrument = studies.instrument(session, offered.instrument_version_id)
    level = random.normal(0.5, 0.15, len(courses.ids))
    slope = random.normal(np.where(courses.treated, 0.05, 0.0), 0.05)
    for place, visit in enumerate(current.study.schedule):
        due = courses.day_0 + visit.day
        first = place * len(courses.ids) + 1
        occasions = np.arange(first, first + len(courses.ids))
        add(session, Occasion, _occasions(visit, courses.ids, occasions, due))
        sent_on = due + random.integers(0, 8, len(due))
        given = (sent_on <= courses.until) & (random.random(len(due)) < 0.9)
        drawn = (level + slope * visit.day / 365)[given, None] + random.normal(
            0, 0.15, (int(given.sum()), len(instrument.items))
        )
        values = np.clip(np.rint(4 * drawn), 0, 4).astype(np.int64)
        values[random.random(values.shape) < 1 / 30] = -1
        version = {"instrument_version_id": offered.instrument_version_id, "wording_id": offered.wording_id}
        _answered(session, instrument, version, occasions[given], sent_on[given], values)


def _occasions(visit: Visit, ids: Days, occasions: Days, due: Days) -> Iterator[dict[str, Any]]:
    for key, occasion, day in zip(ids, occasions, due, strict=True):
        yield {
            "id": int(occasion),
            "participant_id": int(key),
            "visit": visit.code,
            "opens_on": day_of(day - visit.opens),
            "due_on": day_of(day),
            "closes_on": day_of(day + visit.closes),
        }


def _answered(
    session: Session,
    instrument: Instrument,
    version: dict[str, int],
    occasions: Days,
    sent_on: Days,
    values: NDArray[np.int64],
) -> None:
    """Responses have the ids of their occasions; what is worse has the higher value in a reversed item."""
    turned = {code for scale in instrument.scales for code in scale.reversed}
    codes = [item.code for item in instrument.items]
    add(
        session,
        Response,
        (
            version
            | {
                "id": int(key),
                "occasion_id": int(key),
                "instrument": instrument.name,
                "respondent": "patient",
                "mode": "phone",
                "started_at": instant_of(day),
                "submitted_at": instant_of(day, 11),
                "submission_id": f"b{key}",
                "receipt": f"B{key}",
            }
            for key, day in zip(occasions, sent_on, strict=True)
        ),
    )
    wording = {"wording_id": version["wording_id"]}
    add(
        session,
        Answer,
        (
            wording
            | {
                "response_id": int(key),
                "item": code,
                "value": 4 - value if code in turned else value,
                "answered_at": (at := begun_at + place * BETWEEN_ANSWERS),
                "received_at": at,
            }
            for key, day, own in zip(occasions, sent_on, values.tolist(), strict=True)
            for begun_at in (instant_of(day),)
            for place, (code, value) in enumerate(zip(codes, own, strict=True))
            if value >= 0
        ),
    )
