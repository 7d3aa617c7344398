"""Whose tries are counted: the caller's, as the connection or the trusted proxies in front name it."""

from dataclasses import replace

import pytest

from app.operations.attempts import ALLOWED
from app.web import create_app
from tests.fixtures.phone import Clock, configured
from tests.fixtures.study import TinyStudy


@pytest.mark.parametrize(
    ("proxies", "named", "counted_together"),
    [
        (0, "10.0.0.{}", True),  # a caller's own words
        (1, "10.0.0.{}, 192.0.2.1", True),  # what the caller told the proxy, and what the proxy saw
        (1, "10.0.0.{}", False),
        (2, "10.0.0.{}, 192.0.2.1", False),
        (1, "not an address {}", False),
    ],
)
def test_an_invented_forwarded_address_buys_no_more_tries(
    tiny: TinyStudy, time: Clock, proxies: int, named: str, counted_together: bool
) -> None:
    client = create_app(replace(configured(tiny.url), trusted_proxies=proxies)).test_client()
    answers = [
        client.post(
            "/p/invented",
            data={"birth_year": "1958"},
            headers={"X-Forwarded-For": named.format(number), "X-Real-IP": f"10.1.0.{number}"},
        ).status_code
        for number in range(ALLOWED["address"] + 1)
    ]
    assert answers == [401] * ALLOWED["address"] + [429 if counted_together else 401]
