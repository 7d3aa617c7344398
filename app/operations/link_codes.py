"""The short code of a link: fixed when it is first shown, and read when someone types it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.errors import Code
from app.formats import link_code
from app.formats.link_code import LinkCode
from app.models import Link
from app.operations import attempts, audit
from app.operations.audit import Chain
from app.operations.links import Refused, alive
from app.operations.participants import held


def code_to_show(
    session: Session, *, link_id: int, actor: Actor, now: datetime, link_keys: tuple[str, ...]
) -> LinkCode:
    """Return a link's code; from the first time on it is shown, the link can be found by it.

    Before that nobody can know it, so that nothing is stored: also for the links of an earlier version. The
    code changes only when the key that made it is retired, with which the link's own token dies as well.
    """
    link = session.get_one(Link, link_id)
    held(session, participant_id=link.participant_id, actor=actor)
    session.refresh(link)
    codes = list(link_code.possible(link_id, link_keys))
    for code in codes:
        if code.hashed == link.code_hash:
            return code
    taken = set(
        session.scalars(select(Link.code_hash).where(Link.code_hash.in_([each.hashed for each in codes])))
    )
    code = next(each for each in codes if each.hashed not in taken)
    link.code_hash = code.hashed
    session.flush()
    audit.record(
        session,
        chain=Chain("participant", link.participant_id),
        actor=actor,
        action="link.show_code",
        subject=f"link:{link_id}",
        now=now,
        locked=True,
    )
    return code


def find_by_code(
    session: Session, *, typed: str, address: str, now: datetime, link_keys: tuple[str, ...]
) -> int | Refused:
    """Return the link that a typed code belongs to, while it is alive.

    A code opens nothing: the year of birth is still asked, and its tries are counted where they always are. A
    wrong code is counted for the address; one of a dead link is as wrong as any other. What cannot be a code
    was no guess, and is not counted.
    """
    text = link_code.read(typed)
    if text is None:
        return Refused(Code.UNKNOWN_CODE)
    if attempts.too_many(session, kind="address", subject=address, now=now):
        return Refused(Code.TOO_MANY_ATTEMPTS)
    found = session.scalar(
        select(Link.id).where(Link.code_hash.in_(link_code.hashes(text, link_keys))).limit(1)
    )
    link = alive(session, found, now)
    if link is None:
        attempts.count(session, kind="address", subject=address, now=now)
        return Refused(Code.UNKNOWN_CODE)
    return link.id
