"""When and how a participant is reminded, and what they never want."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.contact_preference import Preference
from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.i18n import gettext, pgettext
from app.operations import contact_preferences as changes
from app.queries import addresses, contact_preferences, studies
from app.web.date_boxes import PARTS
from app.web.gate import participant_only
from app.web.participant.language import speak_from_now_on
from app.web.participant.page import blueprint, form_of_visitor, page
from app.web.participant.typed_dates import DateBoxes
from app.web.transactions import settings

LONGEST_PAUSE = timedelta(days=366)


@dataclass
class Choices:
    """A form as it came, with what has to be corrected by the id of the field."""

    channel: str
    hour: str
    pause: DateBoxes
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def stored(cls, preference: Preference, today: date) -> "Choices":
        """Return the form for what was chosen before; a pause that is over is none."""
        until = preference.paused_until
        typed = {}
        if until is not None and preference.paused(today):
            typed = {f"pause-{part}": str(getattr(until, part)) for part in PARTS}
        hour = "" if preference.hour is None else str(preference.hour)
        return cls(preference.channel or "", hour, DateBoxes.of(typed, "pause"))

    @classmethod
    def read(cls) -> "Choices":
        """Read the form."""
        form = request.form
        return cls(form.get("channel", ""), form.get("hour", ""), DateBoxes.of(form, "pause"))

    @property
    def wanted_hour(self) -> int | None:
        """Return the hour, or None for no wish; Refusal UNKNOWN_CODE for what no clock shows."""
        if self.hour and self.hour not in map(str, range(24)):
            raise Refusal(Code.UNKNOWN_CODE, "hour")
        return int(self.hour) if self.hour else None

    @property
    def paused_until(self) -> date | None:
        """Return the end of the pause, or None for none, of a form without faults."""
        return self.pause.date.earliest if self.pause.date else None

    def check(self, today: date) -> None:
        """Find what is wrong with the pause: it ends on a whole day, within a year."""
        until = self.pause.date
        if not self.pause.empty and not all(text.strip() for text in self.pause.typed.values()):
            self.pause.fault = gettext("Enter day, month and year.")
        elif until is not None and until.earliest <= today:
            self.pause.fault = gettext("Enter a day after today.")
        elif until is not None and until.earliest > today + LONGEST_PAUSE:
            self.pause.fault = gettext("Enter a day within a year, or stop all reminders.")
        if self.pause.fault:
            self.faults[self.pause.first_box] = self.pause.fault


@blueprint.get("/preferences")
@participant_only
def preferences() -> ResponseReturnValue:
    """Show what was chosen."""
    stored = contact_preferences.preference(g.session, participant_id=g.visitor.participant_id)
    return _page(Choices.stored(stored, _today()), stored)


@blueprint.post("/preferences")
@participant_only
def choose() -> ResponseReturnValue:
    """Stop, start again, or save the choices; the language too, where its button was pressed."""
    visitor = g.visitor
    form_of_visitor()
    who = {"participant_id": visitor.participant_id, "actor": visitor.actor, "now": g.now}
    match request.form.get("do"):
        case "stop":
            changes.stop_reminders(g.session, **who)
        case "start":
            changes.start_reminders(g.session, **who)
        case _ if "hour" in request.form:  # while reminders are stopped the form has nothing but the language
            form = Choices.read()
            form.check(_today())
            if form.faults:
                stored = contact_preferences.preference(g.session, participant_id=visitor.participant_id)
                return _page(form, stored), 422
            changes.change_preferences(
                g.session,
                channel=form.channel or None,
                hour=form.wanted_hour,
                paused_until=form.paused_until,
                **who,
            )
    if request.form.get("language"):
        speak_from_now_on(request.form["language"])
    return redirect("/preferences?saved", 303)


def _today() -> date:
    return civil_date(g.now, g.visitor.time_zone)


def _page(form: Choices, stored: Preference) -> str:
    study = studies.current(g.session, study_id=g.visitor.study_id).study
    names = {
        # Translators: a way to be reminded
        "email": pgettext("channel", "By e-mail"),
        # Translators: a way to be reminded
        "sms": pgettext("channel", "By text message"),
        # Translators: a way to be reminded: the phone's browser shows a message
        "push": pgettext("channel", "By a message on this phone"),
    }
    open_ones = {*settings().channels, "email", stored.channel}  # what was chosen is shown in any case
    return page(
        "preferences.html",
        form=form,
        stored=stored,
        hours=study.quiet_hours.awake,
        channels=[
            (code, names.get(code, code)) for code in contact_preferences.channels(study) if code in open_ones
        ],
        saved="saved" in request.args,
        push_key=settings().vapid_public_key if "push" in contact_preferences.channels(study) else None,
        browsers=addresses.open_browsers(g.session, participant_id=g.visitor.participant_id),
    )
