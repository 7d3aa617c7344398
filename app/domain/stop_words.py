"""What an answer to a message asks for: no more of them, or to have them again."""

import re
import unicodedata
from typing import Literal

Wish = Literal["stop", "start"]

STOP = (
    # English, and what every network knows
    *("stop", "stop all", "stopall", "unsubscribe", "end", "quit", "cancel", "opt out", "optout", "revoke"),
    *("stop please", "please stop", "no more"),
    *("baja", "alto", "parar", "para", "cancelar", "basta", "no más", "dar de baja"),  # Spanish
    *("arrêt", "arrêter", "arrêtez", "stop sms", "désabonner", "désinscription", "fin"),  # French
    *("stopp", "halt", "abmelden", "abbestellen", "ende", "aufhören"),  # German
    *("pare", "sair", "cancele", "chega", "descadastrar"),  # Portuguese; parar and cancelar as above
    *("退订", "停止", "取消", "不要再发", "td", "t", "停"),  # Chinese: T and TD are what its networks use
    *("रोको", "रोकें", "रुको", "रुकें", "बंद", "बंद करो", "बंद करें", "स्टॉप"),  # Hindi
    *("थांबा", "थांबवा", "बंद करा", "नको"),  # Marathi
    *("إيقاف", "أوقف", "أوقفوا", "قف", "توقف", "إلغاء", "إلغاء الاشتراك", "كفى", "ستوب"),  # Arabic
    *("لغو", "لغو اشتراک", "بس", "کافی", "قطع", "نفرست", "استاپ"),  # Persian; توقف as above
    *("配信停止", "解除", "やめて", "ストップ", "中止"),  # Japanese; 停止 as above
    *("dur", "durdur", "iptal", "ret", "çıkış", "red"),  # Turkish
)
START = (
    *("start", "unstop", "subscribe", "resume", "begin"),
    *("iniciar", "comenzar", "alta", "reanudar", "empezar"),
    *("reprendre", "commencer", "démarrer", "recommencer"),
    *("anfangen", "anmelden", "weiter", "fortsetzen"),
    *("começar", "retomar", "voltar"),
    *("开始", "恢复", "订阅"),
    *("शुरू", "शुरू करो", "शुरू करें", "चालू", "स्टार्ट"),
    *("सुरू", "सुरू करा", "चालू करा"),
    *("ابدأ", "بدء", "استئناف", "اشتراك"),
    *("شروع", "ادامه", "اشتراک"),
    *("開始", "再開", "スタート"),
    *("başla", "başlat", "devam"),
)

_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0640]")
_YEH, _KAF, _ALEF = str.maketrans("يى", "یی"), str.maketrans("ك", "ک"), str.maketrans("أإآ", "ااا")


def wish(text: str) -> Wish | None:
    """Return what an answer asks for, or None where it is something else.

    The whole of it must be such a word, in any case, with or without accents, digits (the number that some
    networks ask for behind STOP) and punctuation: "I will stop by" is no STOP.
    """
    plain = _plain(text)
    if plain in _STOP:
        return "stop"
    return "start" if plain in _START else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    folded = _MARKS.sub("", folded).translate(_YEH).translate(_KAF).translate(_ALEF)
    # Vowel signs of Devanagari are marks, and stay; digits of every script go, and so does what is no letter.
    kept = "".join(sign if unicodedata.category(sign)[0] in "LM" else " " for sign in folded)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


_STOP = frozenset(map(_plain, STOP))
_START = frozenset(map(_plain, START))
