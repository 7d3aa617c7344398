"""STOP in every language of the demo study, as people type it."""

import pytest

from app.domain.stop_words import START, STOP, wish

STOPS = [
    "STOP", "stop.", " Stop! ", "STOP 36180", "«stop»", "ＳＴＯＰ", "UNSUBSCRIBE",
    "Arrêt", "ARRET", "parar", "BAJA", "Alto", "Stopp", "退订", "停止", "TD", "रुको", "बंद", "थांबा", "إيقاف",
    "ايقاف", "قف", "توقف", "لغو", "配信停止", "DUR", "İPTAL", "iptal", "IPTAL", "stop ٣٦١٨٠", "स्टॉप १२",
    "No más",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_it_stops(text: str) -> None:
    assert wish(text) == "stop"


@pytest.mark.parametrize("text", ["START", "weiter", "开始", "शुरू", "شروع", "Başla", "再開", "démarrer"])
def test_it_starts_again(text: str) -> None:
    assert wish(text) == "start"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "123",
        "I will stop by tomorrow",
        "Do not stop",
        "Thank you",
        "Stopped taking it",
        "ok",
        "बंदर",
    ],
)
def test_it_is_something_else(text: str) -> None:
    assert wish(text) is None


def test_no_word_means_both() -> None:
    assert {wish(word) for word in STOP} == {"stop"}
    assert {wish(word) for word in START} == {"start"}
