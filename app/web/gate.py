"""Who may see a page: every view says it by one of three decorators; one that does not is shown to nobody."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import IntegerConverter, Map

from app import clock
from app.domain.actor import Role
from app.domain.browser_kind import browser_kind
from app.errors import Code, Refusal
from app.i18n import SOURCE_LANGUAGE, speak, spoken
from app.operations import sessions
from app.queries import access
from app.queries.access import StaffMember
from app.web.transactions import reading, settings, writing

PARTICIPANT_COOKIE = "hepatica_p"
STAFF_COOKIE = "hepatica_s"
ROUGHLY = timedelta(minutes=1)
LARGEST_KEY = 2**31 - 1
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Given = ParamSpec("Given")
View = Callable[Given, ResponseReturnValue]


def understood(language: str) -> str:
    """Return a language if the interface has it; a page never claims a language that it does not speak."""
    return language if language in spoken() else SOURCE_LANGUAGE


def public(view: View[Given]) -> View[Given]:
    """Anyone may see it."""
    view.__allowed__ = ("public",)  # type: ignore[attr-defined]  # a mark that install() and the tests look for
    return view


def participant_only(view: View[Given]) -> View[Given]:
    """Only a participant who came by a link may see it.

    The request is one transaction, in `g.session`: it only reads for GET and HEAD; for the rest it holds the
    participant's lock and is committed when the view returns. `g.visitor` and `g.now` are set.
    """

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
        changing = request.method not in SAFE
        with writing() if changing else reading() as session:
            g.session, g.now = session, clock.now()
            secret = request.cookies.get(PARTICIPANT_COOKIE)
            visitor = access.signed_in(session, secret=secret, now=g.now, lock=changing) if secret else None
            if visitor is None:
                raise Refusal(Code.LINK_INVALID, "no participant is signed in here")
            g.visitor = visitor
            speak(understood(visitor.language))
            return view(*args, **kwargs)

    guarded.__allowed__ = ("participant",)  # type: ignore[attr-defined]
    return guarded


def staff_only(*roles: Role, settled: bool = True) -> Callable[[View[Given]], View[Given]]:
    """Only staff in one of these roles may see it; sets `g.staff`; the view opens its own transaction.

    `settled`: where the installation asks for a second factor, whoever has none is led to set it up first.
    The few pages that this takes say False.
    """
    if not roles:
        raise ValueError("say which roles")

    def decorate(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
            g.now = clock.now()
            secret = request.cookies.get(STAFF_COOKIE)
            with reading() as session:
                member = access.staff_member(session, secret=secret, now=g.now) if secret else None
            if member is None or g.now - member.begun_at >= settings().staff_longest:
                raise Refusal(Code.SIGN_IN_FAILED, "nobody is signed in here")
            g.staff = member
            _note_use(secret or "", member)
            speak(understood(member.language))
            if member.role not in roles:
                raise Refusal(Code.NOT_ALLOWED, f"for {', '.join(roles)}")
            if settled and is_unsettled(member):
                raise Refusal(Code.SECOND_FACTOR_NEEDED)
            return view(*args, **kwargs)

        guarded.__allowed__ = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def is_unsettled(member: StaffMember) -> bool:
    """Return whether someone has to set up a second factor before anything else.

    Not where a provider that is trusted for it let them in by two factors.
    """
    known = settings()
    if known.second_factor == "optional" or member.second_factor:
        return False
    return member.proved_by != "provider mfa"


def _note_use(secret: str, member: access.StaffMember) -> None:
    if member.seen_at is not None and g.now - member.seen_at < ROUGHLY:
        return  # a page a minute is enough to know, and to write
    with writing() as session:
        sessions.note_use(
            session,
            secret=secret,
            browser=browser_kind(request.headers.get("User-Agent", "")),
            idle=settings().staff_idle,
            now=g.now,
        )


class Key(IntegerConverter):
    """`<int:...>` in an address is a number that can be a key; a greater one leads nowhere."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - Werkzeug's own name
        super().__init__(map, max=LARGEST_KEY)


def install(app: Flask) -> None:
    """Check every request before its view is called."""
    app.url_map.converters["int"] = Key
    app.before_request(_nothing_unstorable)
    app.before_request(_declared)
    app.before_request(_from_our_own_pages)


def _nothing_unstorable() -> None:
    """Stop the one character that PostgreSQL stores in no text."""
    if "\0" in request.path:
        raise NotFound
    typed = [*request.args.items(multi=True)]
    if request.method not in SAFE:
        typed += request.form.items(multi=True)
    if any("\0" in text for pair in typed for text in pair):
        raise BadRequest


def _declared() -> None:
    if request.endpoint is None:
        return  # no such page: Flask says so itself
    if not getattr(current_app.view_functions[request.endpoint], "__allowed__", None):
        raise Refusal(Code.NOT_ALLOWED, f"{request.endpoint} does not say who may see it")


def _from_our_own_pages() -> None:
    """Refuse a form that another site's page sent.

    A page under `Referrer-Policy: no-referrer` sends its own forms with `Origin: null`; browsers that send no
    Sec-Fetch-Site beside it are held by SameSite=Lax alone.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin", "null")
        ours = {request.host, _host(settings().public_url)}
        foreign = origin != "null" and _host(origin) not in ours
    if foreign:
        raise Refusal(Code.NOT_ALLOWED, "the form was sent from another site")


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:  # "http://[" is no address
        return None
