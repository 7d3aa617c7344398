"""QUERIES: one row for each query on a value, and where it stands."""

import pandas as pd

from analysis.columns import QUERIES
from analysis.datasets.cut import Cut
from analysis.datasets.frame import Row, frame
from app.domain.schedule import civil_date


def queries(cut: Cut) -> pd.DataFrame:
    """All queries as they stand, whatever the cut-off: they are about the record, not about the trial.

    Their age counts to the cut-off, or to the last word in any query if that is later. Where blinded, without
    those on infusions: the mere fact of one tells the arm.
    """
    courses = cut.by_id()
    own = [
        (courses[each.participant_id], each)
        for each in cut.queries
        if each.participant_id in courses and not (cut.blinded and each.subject == "treatment")
    ]
    last = [civil_date(each.last_at, course.time_zone) for course, each in own]
    until = max([cut.cutoff_on, *last])
    rows: list[Row] = []
    for course, each in own:
        raised_on = civil_date(each.raised_at, course.time_zone)
        rows.append(
            {
                "STUDYID": cut.study.code,
                "USUBJID": cut.usubjid(course),
                "SUBJID": course.code,
                "SITEID": course.site,
                "QYSUBJ": each.subject,
                "QYFIELD": each.field,
                "QYORIG": "check" if each.by_check else "person",
                "ASTDT": raised_on,
                "QYSTAT": each.state,
                "AGEDAYS": (until - raised_on).days,
                "SRCDOM": "data_query",
                "SRCSEQ": each.query_id,
            }
        )
    return frame(QUERIES, sorted(rows, key=lambda row: (row["USUBJID"], row["SRCSEQ"])))
