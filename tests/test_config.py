"""Settings: a secret that is missing, empty or weak is a refusal, never a weaker lock."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pywebpush import Vapid

from app.config import load, new_vapid_key
from app.errors import Code, Refusal

SECRETS = {
    "SECRET_KEY": "k" * 32,
    "LINK_KEYS": "o" * 32 + "," + "n" * 32,
    "CONTACT_KEYS": Fernet.generate_key().decode(),
}
PRODUCTION = SECRETS | {"HEPATICA_ENV": "production", "PUBLIC_URL": "https://trial.example.org"}


def refused(environment: dict[str, str]) -> str:
    with pytest.raises(Refusal) as refusal:
        load(environment)
    assert refusal.value.code == Code.NOT_CONFIGURED
    return refusal.value.detail


def test_production_starts_with_every_secret() -> None:
    config = load(PRODUCTION)
    assert (config.production, config.public_url) == (True, "https://trial.example.org")
    assert config.link_keys == ("o" * 32, "n" * 32)
    assert config.secure_cookies


def test_cookies_are_shown_over_https_alone_where_there_is_https(tmp_path: Path) -> None:
    given = SECRETS | {"INSTANCE": str(tmp_path)}
    assert load(given | {"PUBLIC_URL": "https://trial.example.org"}).secure_cookies
    assert not load(given).secure_cookies


def test_how_long_staff_may_rest_is_a_number_of_minutes(tmp_path: Path) -> None:
    given = SECRETS | {"INSTANCE": str(tmp_path)}
    known = load(given | {"STAFF_IDLE_MINUTES": "15", "STAFF_SESSION_HOURS": "8"})
    assert (known.staff_idle, known.staff_longest) == (timedelta(minutes=15), timedelta(hours=8))
    assert load(given).staff_idle == timedelta(minutes=30)
    for wrong in ("0", "-1", "a day", "721"):
        assert "STAFF_IDLE_MINUTES" in refused(given | {"STAFF_IDLE_MINUTES": wrong})


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, "", " ", ","])
def test_production_refuses_to_start_without_a_secret(name: str, value: str | None) -> None:
    given = {key: text for key, text in PRODUCTION.items() if key != name}
    detail = refused(given if value is None else given | {name: value})
    assert name in detail
    assert "k" * 32 not in detail


@pytest.mark.parametrize("name", ["SECRET_KEY", "LINK_KEYS"])
def test_production_refuses_a_secret_that_can_be_guessed(name: str) -> None:
    detail = refused(PRODUCTION | {name: "hunter2"})
    assert name in detail
    assert "hunter2" not in detail


def test_a_comma_at_the_end_does_not_sign_with_nothing(tmp_path: Path) -> None:
    given = SECRETS | {"LINK_KEYS": f"{'n' * 32}, ,", "INSTANCE": str(tmp_path)}
    assert load(given).link_keys == ("n" * 32,)


def test_an_empty_secret_is_a_missing_one(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    config = load({"INSTANCE": str(instance), "SECRET_KEY": "", "LINK_KEYS": "", "CONTACT_KEYS": ""})
    assert min(map(len, (config.secret_key, *config.link_keys, *config.contact_keys))) >= 32
    kept = instance / "secrets.env"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (instance, kept)] == [0o700, 0o600]
    assert load({"INSTANCE": str(instance)}) == config


def test_a_contact_key_that_cannot_seal_is_found_at_the_start(tmp_path: Path) -> None:
    given = SECRETS | {"CONTACT_KEYS": "not thirty-two bytes", "INSTANCE": str(tmp_path)}
    assert "CONTACT_KEYS" in refused(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "yes"),
        ("TRUSTED_PROXIES", "-1"),
        ("PUBLIC_URL", "trial.example.org"),
        ("PUBLIC_URL", "ftp://trial.example.org"),
        ("PUBLIC_URL", "https://["),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://españa.example.org"),
        ("VAPID_SUBJECT", "trial@example.org"),
        ("VAPID_SUBJECT", "mailto:trial"),
        ("VAPID_SUBJECT", "http://trial.example.org"),
        ("VAPID_SUBJECT", "https://trial.example.org/contact"),
    ],
)
def test_a_setting_that_means_nothing(tmp_path: Path, name: str, value: str) -> None:
    assert name in refused(SECRETS | {"INSTANCE": str(tmp_path), name: value})


@pytest.mark.parametrize(
    "subject", ["mailto:trial@example.org", "mailto:hepatica@localhost", "https://trial.example.org"]
)
def test_a_push_is_signed_with_every_subject_that_is_taken(tmp_path: Path, subject: str) -> None:
    config = load(SECRETS | {"INSTANCE": str(tmp_path), "VAPID_SUBJECT": subject})
    signed = Vapid.from_string(new_vapid_key()).sign({"sub": config.vapid_subject, "aud": "https://push"})
    assert "Authorization" in signed


def test_production_does_not_send_people_to_this_machine() -> None:
    assert "PUBLIC_URL" in refused({key: text for key, text in PRODUCTION.items() if key != "PUBLIC_URL"})


def test_production_asks_for_a_second_step_unless_it_is_told_otherwise(tmp_path: Path) -> None:
    assert load(PRODUCTION).second_factor == "required"
    assert load(PRODUCTION | {"SECOND_FACTOR": "optional"}).second_factor == "optional"
    development = SECRETS | {"INSTANCE": str(tmp_path)}
    assert load(development).second_factor == "optional"
    assert load(development | {"SECOND_FACTOR": "required"}).second_factor == "required"
    assert "SECOND_FACTOR" in refused(PRODUCTION | {"SECOND_FACTOR": "no"})


PROVIDER = {
    "OIDC_ISSUER": "https://login.example.org",
    "OIDC_CLIENT_ID": "hepatica",
    "OIDC_CLIENT_SECRET": "secret",
}


def test_single_sign_on_is_set_whole_or_not_at_all() -> None:
    assert load(PRODUCTION).provider is None
    provider = load(PRODUCTION | PROVIDER).provider
    assert provider is not None
    assert (provider.issuer, provider.second_factor) == ("https://login.example.org", "ask")
    for name in PROVIDER:
        given = {key: text for key, text in PROVIDER.items() if key != name}
        assert name in refused(PRODUCTION | given)
    assert "OIDC_ISSUER" in refused(PRODUCTION | PROVIDER | {"OIDC_ISSUER": "http://login.example.org"})
    assert "OIDC_SECOND_FACTOR" in refused(PRODUCTION | PROVIDER | {"OIDC_SECOND_FACTOR": "maybe"})
