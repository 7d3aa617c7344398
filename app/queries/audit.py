"""The audit trail: read, checked for breaks, and shown without the arm where a study is blinded."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import Select

from app.domain.audit import FIRST, entry_hash
from app.domain.study import Blinding
from app.models import Account, AuditEntry, Participant
from app.queries import signatures
from app.queries.audit_cover import without_entry

ROWS_AT_ONCE = 1000
HIDDEN = frozenset({"arm", "lot", "route"})
"""What tells the arm, or lets it be guessed, wherever it stands in an entry."""
VEILED = "(blinded)"

Known = Mapping[tuple[str, int], str]
"""Hashes kept from an earlier look at the trail, by chain and position."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of one chain."""

    id: int
    chain: str
    position: int
    at: datetime
    actor: str
    action: str
    subject: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    reason: str
    hash: str


def entries(
    session: Session,
    *,
    chain: str | None = None,
    study_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Iterator[Entry]:
    """Go through entries in the order in which they were made: of one chain, or of all of one study."""
    chosen = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(limit)
    if chain is not None:
        chosen = chosen.where(AuditEntry.chain == chain)
    if study_id is not None:
        chosen = chosen.where(_of_study(study_id))
    yield from _streamed(session, chosen)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which entries of a study are asked for; a `site` leaves those of its participants alone."""

    study_id: int
    site: str | None = None
    chain: str | None = None
    action: str | None = None
    actor: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    before: int | None = None


def newest(session: Session, *, search: Search, limit: int) -> list[Entry]:
    """Return the last entries that are asked for, newest first."""
    return list(_streamed(session, _asked(search).limit(limit)))


def newest_first(session: Session, *, search: Search) -> Iterator[Entry]:
    """Go through all entries that are asked for, newest first."""
    yield from _streamed(session, _asked(search))


def _asked(search: Search) -> Select[AuditEntry]:
    chosen = select(AuditEntry).order_by(AuditEntry.id.desc())
    if search.site is None:
        chosen = chosen.where(_of_study(search.study_id))
    else:
        at_site = _chains("participant:", Participant, search.study_id).where(Participant.site == search.site)
        chosen = chosen.where(AuditEntry.chain.in_(at_site))
    for column, value in (
        (AuditEntry.chain, search.chain),
        (AuditEntry.action, search.action),
        (AuditEntry.actor, search.actor),
    ):
        chosen = chosen if value is None else chosen.where(column == value)
    if search.begin is not None:
        chosen = chosen.where(AuditEntry.at >= search.begin)
    if search.end is not None:
        chosen = chosen.where(AuditEntry.at < search.end)
    return chosen if search.before is None else chosen.where(AuditEntry.id < search.before)


def of_account(session: Session, *, account_id: int, limit: int) -> list[Entry]:
    """Return the last entries of an account's own trail, newest first."""
    chosen = select(AuditEntry).where(AuditEntry.chain == f"account:{account_id}")
    return list(_streamed(session, chosen.order_by(AuditEntry.id.desc()).limit(limit)))


def _of_study(study_id: int) -> ColumnElement[bool]:
    return or_(
        AuditEntry.chain == f"study:{study_id}",
        AuditEntry.chain.in_(_chains("participant:", Participant, study_id)),
        AuditEntry.chain.in_(_chains("account:", Account, study_id)),
    )


def _chains(prefix: str, of: type[Participant | Account], study_id: int) -> Select[str]:
    return select(literal(prefix) + cast(of.id, String)).where(of.study_id == study_id)


def _streamed(session: Session, chosen: Select[AuditEntry]) -> Iterator[Entry]:
    columns = [getattr(AuditEntry, name) for name in Entry.__dataclass_fields__]
    found = session.execute(chosen.with_only_columns(*columns).execution_options(yield_per=ROWS_AT_ONCE))
    for row in found:
        yield Entry(**row._mapping)


def blinded(entry: Entry, blinding: Blinding) -> Entry:
    """Return the entry without anything that tells the arm, unless the study is open."""
    if blinding == "none":
        return entry
    return replace(entry, old=_veiled(entry.old), new=_veiled(entry.new))


def _veiled(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, Mapping):
        return {
            key: VEILED if key in HIDDEN and inner is not None else _veiled(inner)
            for key, inner in value.items()
        }
    return [_veiled(inner) for inner in value] if isinstance(value, list) else value


def verify(session: Session, *, known: Known | None = None) -> Iterator[str]:
    """Go through the whole trail and give a sentence for every break; nothing for a sound one.

    Found are a changed, a deleted and a moved entry, a participant without a trail, and what was recorded of
    one without an entry, as where the end of a trail was cut off. A trail that was written anew from some
    entry on, or cut off where it told of a look alone, is sound in itself: only `known` hashes show it.
    """
    missing = dict(known or {})
    last, previous, position = "", FIRST, 0
    with_trail = set()
    for entry in _streamed(session, select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.position)):
        if entry.chain != last:
            last, previous, position = entry.chain, FIRST, 0
            with_trail.add(entry.chain)
        whole = entry.position == position + 1
        if not whole:
            yield f"{entry.chain}: missing between entries {position} and {entry.position}"
        if whole and entry_hash(previous, _covered(entry)) != entry.hash:
            yield f"{entry.chain}: entry {entry.position} is not what was recorded ({entry.action})"
        if missing.pop((entry.chain, entry.position), entry.hash) != entry.hash:
            yield f"{entry.chain}: entry {entry.position} differs from the earlier copy ({entry.action})"
        previous, position = entry.hash, entry.position
    for participant_id, code in session.execute(select(Participant.id, Participant.code)):
        if f"participant:{participant_id}" not in with_trail:
            yield f"participant:{participant_id}: no trail of participant {code}"
    yield from without_entry(session)
    yield from signatures.verify(session)
    for chain, at in sorted(missing):
        yield f"{chain}: entry {at} of the earlier copy is gone"


def _covered(entry: Entry) -> dict[str, object]:
    content = asdict(entry)
    del content["id"], content["hash"]
    return content | {"at": entry.at.astimezone(UTC).isoformat()}
