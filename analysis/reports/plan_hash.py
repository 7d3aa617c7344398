"""The plan's hash: which estimands, analyses and settings a report carried out."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from app.domain.study import Study


def plan_sha256(study: Study) -> str:
    """SHA-256 of what the study file plans, whatever the order in which an option is written.

    Options that are not given are left out, so that a Hepatica with more of them gives the same hash.
    """
    plan = {
        "estimands": [asdict(each) for each in study.estimands],
        "analyses": [asdict(each) for each in study.analyses],
        "analysis": asdict(study.analysis),
    }
    text = json.dumps(_given(plan), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _given(value: Any) -> Any:  # noqa: ANN401 - whatever a plan is made of
    if isinstance(value, dict):
        return {key: _given(each) for key, each in value.items() if each not in (None, "", (), [], {})}
    return [_given(each) for each in value] if isinstance(value, tuple | list) else value
