"""Bringing in a study's past from its files: all or nothing, each fact once, by the rules of the study."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.study import Study
from app.errors import Fault, FaultyInput
from app.formats.csv_file import Progress
from app.formats.tables import Tables, in_turn
from app.operations import audit
from app.operations.audit import Chain
from app.operations.imports import answers, trail
from app.operations.imports.comparison import Additions, Compared, compared
from app.operations.imports.people import completed, people
from app.operations.imports.rules import Protocol, duplicate_faults, faults_of, in_order, unknown
from app.operations.imports.storing import Storage
from app.queries import exports, studies


def import_study_data(
    session: Session,
    *,
    study_id: int,
    tables: Tables,
    actor: Actor,
    now: datetime,
    contact_keys: tuple[str, ...],
    progress: Progress = in_turn,
) -> Mapping[str, int]:
    """Store what the files say and is not stored yet; return how many rows of each file added something.

    Raises FaultyInput with every fault, of the files and against the study, and then stores nothing. Each
    participant to whom something is added gets one audit entry, and the study one with the sums.
    """
    audit.lock(session, Chain("study", study_id))
    audit.lock_participants(session, study_id=study_id)
    current = studies.current(session, study_id=study_id)
    stored = exports.study_tables(session, study_id=study_id)
    faults = list(tables.faults)
    additions = _additions(tables, stored, current.study, faults)
    protocol = Protocol(current.study, now)
    reader = answers.Reader(session, current, protocol)
    known = people(
        (*stored.participants, *additions.participants.filled, *additions.participants.new),
        (*stored.consents, *additions.consents.new),
        (*stored.treatments, *additions.treatments.new),
        now=now,
    )
    new = answers.new_responses(
        answers.grouped(tables.responses), answers.grouped(stored.responses), reader, known, faults
    )
    for file, rows in (*additions.rows(), (answers.FILE, [rows[0] for rows in new.values()])):
        for row in progress(rows, doing=f"checking {file}"):
            if row.participant in known:
                faults += faults_of(file, row, known[row.participant], protocol)
            elif row.participant not in tables.broken:
                faults.append(unknown(file, row))
    told = [*additions.events.filled, *additions.events.new]
    faults += duplicate_faults("events.csv", told, (*stored.events, *told))
    responses = reader.responses(new, known, faults, progress=progress)
    if faults:
        raise FaultyInput(in_order(faults))
    counts = additions.counts() | {"responses": sum(map(len, responses.values()))}
    if any(counts.values()):
        storage = Storage(
            session, study_id=study_id, study=current.study, actor=actor, now=now, progress=progress
        )
        _store(storage, additions, responses, contact_keys)
        _record(storage, trail.entries(additions, responses), counts)
    return counts


def _store(
    storage: Storage,
    additions: Additions,
    responses: Mapping[answers.Key, list[answers.Given]],
    contact_keys: tuple[str, ...],
) -> None:
    before = storage.known_days()
    storage.participants(additions, contact_keys)
    storage.facts(additions)
    occasions = storage.occasions(before, {(code, visit) for code, visit, _ in responses})
    storage.responses(responses, occasions)


def _record(storage: Storage, told: Mapping[str, trail.Entry], counts: Mapping[str, int]) -> None:
    actor, action, now = storage.actor, "data.import", storage.now
    news = {Chain("participant", storage.ids[code]): entry for code, entry in told.items()}
    audit.record_each(storage.session, news=news, actor=actor, action=action, now=now)
    study = Chain("study", storage.study_id)
    audit.record(
        storage.session,
        chain=study,
        actor=actor,
        action=action,
        subject=str(study),
        now=now,
        new=counts,
        locked=True,
    )


def _additions(tables: Tables, stored: Tables, study: Study, faults: list[Fault]) -> Additions:
    participants = compared("participants.csv", tables.participants, stored.participants, faults)
    return Additions(
        participants=Compared([completed(row, study) for row in participants.new], participants.filled),
        consents=compared("consents.csv", tables.consents, stored.consents, faults),
        treatments=compared("treatments.csv", tables.treatments, stored.treatments, faults),
        events=compared("events.csv", tables.events, stored.events, faults),
        sightings=compared("sightings.csv", tables.sightings, stored.sightings, faults),
        withdrawals=compared("withdrawals.csv", tables.withdrawals, stored.withdrawals, faults),
    )
