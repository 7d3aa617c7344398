"""`hepatica demo`: made by operations, finished when it was interrupted, unchanged when it is whole."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from analysis import load
from app import clock, config, database
from app.cli import main
from app.cli.demo import making, simulation
from app.cli.demo.life import Answered, FilledIn, Life, Read, Reported
from app.cli.demo.making import Demo, make
from app.cli.demo.mistakes import MISTAKES
from app.cli.demo.story import tell
from app.cli.demo.truth import TRUTH
from app.config import Config
from app.domain.actor import ROLES
from app.models import Answer, AuditEntry, Base, Event, Participant, Reading, Response, Sighting, Treatment
from app.operations.links import Opened, open_link
from app.operations.sign_in import LetIn, sign_in
from app.queries import audit

FEW = replace(TRUTH, participants=9)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("INSTANCE", str(tmp_path))
    return config.load()


def _rows(url: str) -> dict[str, int]:
    with database.reading(url) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def _hepatica(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_everything_told_is_there_and_has_its_entry(settings: Config) -> None:
    demo = make(settings, now=clock.now(), truth=FEW)
    with database.reading(settings.database_url) as session:
        assert list(audit.verify(session)) == []
        codes = set(session.scalars(select(Participant.code)))
        entries = {
            (action, subject)
            for action, subject in session.execute(select(AuditEntry.action, AuditEntry.subject))
        }
        rows = {
            table: session.scalars(select(table.id)).all() for table in (Event, Sighting, Treatment, Response)
        }
        for table, action in (
            (Event, "event.report"),
            (Sighting, "sighting.record"),
            (Treatment, "treatment.record"),
        ):
            assert {(action, f"{table.__tablename__}:{key}") for key in rows[table]} <= entries
        assert {("answers.save", f"response:{key}") for key in rows[Response]} <= entries
        answers = session.scalar(select(func.count(Answer.id)))
        readings = session.scalar(select(func.count(Reading.id)))
    assert codes == {life.code for life in demo.lives}
    acts = [act for life in demo.lives for act in life.acts]
    answered = [act for act in acts if isinstance(act, Answered)]
    filled_in = [act for act in acts if isinstance(act, FilledIn)]
    assert filled_in
    assert answers == sum(len(act.first) + (len(act.rest) if act.sent_at else 0) for act in answered) + sum(
        len(act.answers) for act in filled_in
    )
    assert len(rows[Response]) == len(answered) + len(filled_in)
    assert len(rows[Event]) == sum(isinstance(act, Reported) for act in acts)
    assert readings == sum(isinstance(act, Read) for act in acts)


def test_an_interrupted_run_leaves_whole_lives_and_the_next_one_finishes(
    settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = iter(range(4))

    def interrupted(*arguments: object, **options: object) -> int:
        participant_id = tell(*arguments, **options)  # type: ignore[arg-type]  # passes on what it is given
        if next(told) == 3:
            raise KeyboardInterrupt
        return participant_id

    begun = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(making, "tell", interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(settings, now=begun, truth=FEW)
    assert _rows(settings.database_url)["participant"] == 3
    finished = make(settings, now=clock.now(), truth=FEW)
    assert finished.made_at == begun
    _whole(settings.database_url, finished)


def _whole(url: str, demo: Demo) -> None:
    with database.reading(url) as session:
        assert set(session.scalars(select(Participant.code))) == {life.code for life in demo.lives}
        submitted = session.scalar(select(func.count(Response.submitted_at)))
        assert list(audit.verify(session)) == []
    acts = [act for life in demo.lives for act in life.acts]
    sent = sum(isinstance(act, Answered) and act.sent_at is not None for act in acts)
    assert submitted == sent + sum(isinstance(act, FilledIn) for act in acts)


def test_a_second_run_changes_nothing_and_prints_the_same(settings: Config) -> None:
    first = _hepatica("demo", "--participants", "9")
    assert first.exit_code == 0
    before = _rows(settings.database_url)
    assert before["participant"] == 9
    for again in (_hepatica("demo"), _hepatica("demo", "--show")):
        assert again.stdout == first.stdout
    assert _rows(settings.database_url) == before


def test_the_ways_in_work(settings: Config) -> None:
    said = _hepatica("demo", "--participants", "9").stdout.split()
    now = clock.now()
    token = next(word for word in said if "/p/" in word).rpartition("/")[2]
    with database.writing(settings.database_url) as session:
        opened = open_link(
            session,
            token=token,
            birth_year=said[said.index("birth") + 1],
            address="127.0.0.1",
            now=now,
            link_keys=settings.link_keys,
            contact_keys=settings.contact_keys,
        )
        assert isinstance(opened, Opened)
        roles = []
        for place, word in enumerate(said):
            if word.endswith("@demo.invalid"):
                let_in = sign_in(session, email=word, password=said[place + 2], address="127.0.0.1", now=now)
                assert isinstance(let_in, LetIn)
                roles.append(let_in.role)
    assert roles == list(ROLES)
    assert stat.S_IMODE(settings.demo_accounts.stat().st_mode) == 0o600


def test_a_lost_file_of_passwords_gives_new_accounts(settings: Config) -> None:
    _hepatica("demo", "--participants", "1")
    settings.demo_accounts.unlink()
    said = _hepatica("demo").stdout
    assert "coordinator2@demo.invalid" in said
    assert _rows(settings.database_url)["account"] == 2 * len(ROLES)


def test_without_a_demo_there_is_nothing_to_show(settings: Config) -> None:
    result = _hepatica("demo", "--show")
    assert result.exit_code == 2
    assert "hepatica demo" in result.stderr
    assert _rows(settings.database_url)["study"] == 0


@pytest.fixture
def mistaken(settings: Config, monkeypatch: pytest.MonkeyPatch) -> list[Life]:
    """The lives with a mistake in them, told to the database."""
    demo = make(settings, now=clock.now(), truth=replace(TRUTH, participants=1))
    instruments = _instruments(settings, demo)
    lives = simulation.simulate(demo.current.study, instruments, now=demo.made_at)
    monkeypatch.setattr(simulation, "with_mistakes", lambda _study, plain: plain)
    plain = simulation.simulate(demo.current.study, instruments, now=demo.made_at)
    chosen = [life for life, other in zip(lives, plain, strict=True) if life != other]
    there = {life.code for life in demo.lives}
    for life in chosen:
        with database.writing(settings.database_url) as session:
            code = f"{life.code}-again" if life.code in there else life.code
            tell(
                session,
                replace(life, code=code),
                current=demo.current,
                contact_keys=settings.contact_keys,
            )
    return chosen


def _instruments(settings: Config, demo: Demo) -> simulation.Instruments:
    with database.reading(settings.database_url) as session:
        return making.instruments(session, demo.current)


def test_the_checks_of_the_analysis_find_every_mistake(settings: Config, mistaken: list[Life]) -> None:
    checks = load(settings.database_url, study="demo").checks
    found = {
        (check, subject)
        for check, subject in zip(checks["CHECK"], checks["USUBJID"], strict=True)
        if check in MISTAKES
    }
    assert {check for check, _ in found} == set(MISTAKES)
    assert len({subject for _, subject in found}) == len(mistaken)
