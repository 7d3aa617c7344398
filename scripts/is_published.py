"""Exit 0 if a report of a study has been published, 1 if none was: `python -m scripts.is_published STUDY`."""

import sys

from sqlalchemy import select

from app import config, database
from app.models.report import Report
from app.models.study import Study


def is_published(url: str, study: str) -> bool:
    with database.reading(url) as session:
        report = select(Report.id).join(Study, Study.id == Report.study_id).where(Study.code == study)
        return session.scalar(report.limit(1)) is not None


if __name__ == "__main__":
    sys.exit(0 if is_published(config.load().database_url, sys.argv[1]) else 1)
