"""The database's words as staff read them, in the language in use."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.partial_date import PartialDate
from app.i18n import (
    current,
    format_ago,
    format_day,
    format_instant,
    format_partial,
    gettext,
    lazy_gettext,
    locale,
    own_name,
    pgettext,
)

STATES = {
    # Translators: where a planned questionnaire stands today; these words head filters and a column
    "not open": lazy_gettext("Not open yet"),
    "open": lazy_gettext("Open"),
    "due": lazy_gettext("Due today"),
    "overdue": lazy_gettext("Overdue"),
    "completed": lazy_gettext("Completed"),
    "completed late": lazy_gettext("Completed late"),
    "missed": lazy_gettext("Missed"),
    "not expected": lazy_gettext("Not expected"),
}
EVENT_KINDS = {
    "hospital stay": lazy_gettext("Hospital stay"),
    "transplant": lazy_gettext("Liver transplant"),
    "death": lazy_gettext("Death"),
    "tumour": lazy_gettext("Tumour"),
    "adverse event": lazy_gettext("Adverse event"),
}
OUTCOMES = {
    "reported": lazy_gettext("To be read"),
    "needs information": lazy_gettext("Needs information"),
    "confirmed": lazy_gettext("Confirmed"),
    "refuted": lazy_gettext("Refuted"),
    "duplicate": lazy_gettext("Duplicate"),
    "disagreement": lazy_gettext("Readers disagree"),
}
CRITERIA = {
    # Translators: what makes an adverse event serious
    "death": lazy_gettext("It led to death"),
    "life-threatening": lazy_gettext("It threatened life"),
    "hospitalisation": lazy_gettext("It needed a hospital stay, or prolonged one"),
    "disability": lazy_gettext("It left a lasting disability"),
    "congenital-anomaly": lazy_gettext("A congenital anomaly"),
    "other": lazy_gettext("Otherwise medically important"),
}
RECOVERIES = {
    # Translators: how an adverse event ended
    "recovered": lazy_gettext("Recovered"),
    "recovering": lazy_gettext("Recovering"),
    "not recovered": lazy_gettext("Not recovered"),
    "recovered with sequelae": lazy_gettext("Recovered with lasting effects"),
    "fatal": lazy_gettext("Fatal"),
    "unknown": lazy_gettext("Not known"),
}
ALERT_STATES = {
    # Translators: where an alarming answer stands; these words head filters and a column
    "open": lazy_gettext("Open"),
    "overdue": lazy_gettext("Overdue"),
    "escalated": lazy_gettext("Escalated"),
    "closed": lazy_gettext("Closed"),
}
ALERT_STEPS = {
    "note": lazy_gettext("Note"),
    "escalated": lazy_gettext("The deadline passed: those in charge were told by e-mail"),
}
OWNERS = {
    "coordinator": lazy_gettext("The coordinators of the site"),
    "administrator": lazy_gettext("The administrators of the study"),
}
DISPOSITIONS = {
    # Translators: what became of an alarming answer; the list that staff choose from
    "no-action": lazy_gettext("Contacted: no action needed"),
    "sent-to-care": lazy_gettext("Contacted: sent to medical care"),
    "in-care": lazy_gettext("Already in medical care"),
    "not-reached": lazy_gettext("Could not be reached"),
    "false-alarm": lazy_gettext("False alarm"),
    "other": lazy_gettext("Something else"),
}
MAIL_STATES = {
    "planned": lazy_gettext("Planned"),
    "unknown": lazy_gettext("Unclear: sending was interrupted"),
    "sent": lazy_gettext("Sent"),
    "failed": lazy_gettext("Not sent"),
    "dropped": lazy_gettext("Not sent: no longer owed"),
}
QUERY_STATES = {
    # Translators: where a query (a question on a value) stands; these words head filters and a column
    "open": lazy_gettext("Open"),
    "answered": lazy_gettext("Answered"),
    "closed": lazy_gettext("Closed"),
}
QUERY_STEPS = {
    # Translators: what was done in a query (a question on a value)
    "asked": lazy_gettext("Asked"),
    "answered": lazy_gettext("Answered"),
    "closed": lazy_gettext("Closed"),
    "reopened": lazy_gettext("Opened again"),
}
QUERY_SUBJECTS = {
    "answer": lazy_gettext("Answers"),
    "event": lazy_gettext("Event"),
    "participant": lazy_gettext("Participant"),
    "treatment": lazy_gettext("Infusion"),
    "sighting": lazy_gettext("Known to be alive"),
}
QUERY_FIELDS = {
    ("event", "kind"): lazy_gettext("Event"),
    ("event", "started"): lazy_gettext("Date"),
    ("event", "ended"): lazy_gettext("Discharged"),
    ("event", "reason"): lazy_gettext("Reason"),
    ("event", "place"): lazy_gettext("Hospital"),
    ("participant", "enrolled_on"): lazy_gettext("Enrolled"),
    ("participant", "consented_on"): lazy_gettext("Consented"),
    ("participant", "randomised_on"): lazy_gettext("Randomised"),
}
CHECKS = {
    # Translators: what a check asks by itself about dates that contradict each other
    "stay-order": lazy_gettext("The discharge lies before the admission. Which dates are right?"),
    "stays-overlap": lazy_gettext("Two hospital stays overlap. Are they one, or which dates are right?"),
    "alive-after-death": lazy_gettext(
        "Something shows the participant alive after this death. Which is right?"
    ),
    "outside-window": lazy_gettext(
        "The answers were given outside the time of their visit. Is the day right?"
    ),
    "consent-late": lazy_gettext("The consent is dated after the randomisation. Which date is right?"),
    "age": lazy_gettext(
        "By the year of birth the participant was younger or older at the enrolment than the study allows. "
        "Is the year right?"
    ),
}
LIKENESSES = {
    # Translators: what another report may be to the one that is looked at
    "duplicate": lazy_gettext("Likely the same"),
    "overlap": lazy_gettext("Overlapping stay"),
    "transfer": lazy_gettext("Likely a transfer"),
}
CHANGES = {
    # Translators: stands after "Signature no longer matches:"
    "event": lazy_gettext("the report was changed"),
    "reading": lazy_gettext("the reading was changed"),
    "document added": lazy_gettext("a document was attached since"),
    "document changed": lazy_gettext("a document was changed"),
    "document redacted": lazy_gettext("a document was redacted"),
    "document removed": lazy_gettext("a document was removed"),
    "later reading": lazy_gettext("the same reader has read it again"),
    "signature": lazy_gettext("the signature itself was changed"),
}
CONFIRMED_BY = {
    # Translators: stands after the words of a signature
    "password": lazy_gettext("Confirmed with the password."),
    "passkey": lazy_gettext("Confirmed with a passkey."),
}
SCOPES = {
    "contact": lazy_gettext("Contact: no more messages or calls"),
    "answers": lazy_gettext("Answers: no more questionnaires"),
    "follow-up": lazy_gettext("Follow-up: no more data from records either"),
}
SCOPE_NAMES = {
    # Translators: what a participant has withdrawn: contact, answers or follow-up
    "contact": lazy_gettext("contact"),
    "answers": lazy_gettext("answers"),
    "follow-up": lazy_gettext("follow-up"),
}
SEEN_HOW = {
    "clinic visit": lazy_gettext("Clinic visit"),
    "call": lazy_gettext("Telephone call"),
    "relative": lazy_gettext("A relative said so"),
    "records": lazy_gettext("Hospital records"),
}
OFFERED = {
    # Translators: whether participants are offered a language; these words stand in a column "Offered"
    "always": lazy_gettext("Always"),
    "at times": lazy_gettext("When all that is due is complete"),
    "never": lazy_gettext("Never"),
}
ROLES = {
    "coordinator": lazy_gettext("Coordinator"),
    "monitor": lazy_gettext("Monitor"),
    "adjudicator": lazy_gettext("Adjudicator"),
    "statistician": lazy_gettext("Statistician"),
    "administrator": lazy_gettext("Administrator"),
}
CORRECTION_SOURCES = {
    "participant": lazy_gettext("The participant says so"),
    "typing": lazy_gettext("It was typed in wrongly"),
}
CORRECTION_STATES = {
    # Translators: states of a request to correct an answer
    "open": lazy_gettext("To be decided"),
    "accepted": lazy_gettext("Accepted"),
    "declined": lazy_gettext("Declined"),
}
ACCOUNT_STATES = {
    # Translators: whether a member of staff can sign in
    "active": lazy_gettext("Active"),
    "invited": lazy_gettext("Invited"),
    "deactivated": lazy_gettext("Deactivated"),
}
QUALIFICATIONS = {
    # Translators: a member of staff was trained, or an investigator has delegated a task to them
    "training": lazy_gettext("Training"),
    "delegation": lazy_gettext("Delegation"),
}
DELEGATIONS = {
    # Translators: whether a delegation of tasks to a member of staff is in force today
    "in force": lazy_gettext("In force"),
    "to come": lazy_gettext("Not yet in force"),
    "ended": lazy_gettext("No longer in force"),
    "missing": lazy_gettext("Not recorded"),
}
PASSWORD_LINKS = {
    # Translators: what a link by mail is for
    "invitation": lazy_gettext("Invitation"),
    "reset": lazy_gettext("New password"),
}
MAIL_FATES = {
    "sent": lazy_gettext("Sent"),
    "written": lazy_gettext("Written to the outbox folder"),
    "failed": lazy_gettext("Failed"),
    "uncertain": lazy_gettext("Unclear: sending was interrupted"),
}
REMINDER_STATES = {
    "sent": lazy_gettext("Sent"),
    "delivered": lazy_gettext("Delivered"),
    "failed": lazy_gettext("Failed"),
    "bounced": lazy_gettext("Refused: the address takes no messages"),
    "dropped": lazy_gettext("Not sent: no longer owed"),
    "planned": lazy_gettext("Planned"),
    "unknown": lazy_gettext("Unclear: sending was interrupted"),
}
MISSED_BECAUSE = {
    # Translators: why a participant did not answer the questionnaire of a visit
    "too ill": lazy_gettext("Too ill"),
    "in hospital": lazy_gettext("In hospital"),
    "refused": lazy_gettext("Did not want to"),
    "not reached": lazy_gettext("Could not be reached"),
    "technical": lazy_gettext("Technical problem"),
    "staff error": lazy_gettext("Mistake of the staff"),
    "other": lazy_gettext("Another reason"),
}
NOT_EXPECTED = {
    # Translators: why no answer of a participant is expected
    "dead": lazy_gettext("The participant has died."),
    "withdrawn": lazy_gettext("The participant has withdrawn."),
    "transplanted": lazy_gettext("The study asks nothing more after a transplant."),
}
NOT_OWED = {
    "completed": lazy_gettext("The answers are complete."),
    "not open": lazy_gettext("The visit is not open yet."),
    "closed": lazy_gettext("The visit is closed."),
    "withdrawn": lazy_gettext("The participant has withdrawn."),
    "dead": lazy_gettext("The participant has died."),
    "transplanted": lazy_gettext("The study asks nothing more after a transplant."),
    "stopped": lazy_gettext("The participant has stopped reminders."),
    "paused": lazy_gettext("The participant has paused reminders."),
    "no address": lazy_gettext("There is no address that takes messages."),
    "no words": lazy_gettext("The study has no reminder in this language."),
    "superseded": lazy_gettext("A later reminder has taken its place."),
}
TROUBLES = {
    # Translators: what became of a message; these stand as filters above a list
    "bounced": lazy_gettext("Refused by the address"),
    "failed": lazy_gettext("Failed"),
    "unknown": lazy_gettext("Unclear"),
}
TO_DO = {
    "bounced": lazy_gettext("Check the address with the participant, and correct it or send again."),
    "failed": lazy_gettext("Call the participant, or send the message again when the cause is gone."),
    "unknown": lazy_gettext(
        "Nobody knows whether this message left. Ask the participant; send it again if it did not arrive."
    ),
}
CHANNELS = {
    "email": lazy_gettext("E-mail"),
    "sms": lazy_gettext("Text message"),
    "push": lazy_gettext("Message in the browser"),
}
RESPONDENTS = {
    "patient": lazy_gettext("answered by the participant"),
    "proxy": lazy_gettext("answered by a relative"),
    "patient with help": lazy_gettext("answered by the participant with help"),
    "staff": lazy_gettext("filled in by staff"),
}
MODES = {
    "phone": lazy_gettext("on the study's pages"),
    "telephone": lazy_gettext("by telephone"),
    "paper": lazy_gettext("on paper"),
    "import": lazy_gettext("imported"),
}


def partial_date(known: PartialDate) -> str:
    """Return a partly known date with just the parts that are known."""
    return format_partial(known.earliest, known.precision)


def day(on: date) -> str:
    """Return a civil date with a short month, for tables."""
    return format_day(on, "medium")


def instant(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant on the clock of a place, with its zone named."""
    return format_instant(at.astimezone(zone))


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago an instant was."""
    return format_ago(now - at)


def language(tag: str) -> str:
    """Return a language's name in the language in use, or what it calls itself where that is not known."""
    return locale(tag).get_display_name(locale(current())) or own_name(tag)


def period(started: PartialDate, ended: PartialDate | None, ongoing: bool) -> str:
    """Return from when to when, as it was reported."""
    if ended is not None:
        return gettext("%(start)s to %(end)s", start=partial_date(started), end=partial_date(ended))
    if ongoing:
        return gettext("since %(start)s, still there", start=partial_date(started))
    return partial_date(started)


def typed_by(label: str | None, mode: str) -> str:
    """Return who typed an answer; without a label it came from the participant's phone or an import."""
    if label is not None:
        return who(label)
    return who("import" if mode == "import" else "participant")


def who(label: str) -> str:
    """Return who did something, from the label in the trail (`account:3`), without naming anyone."""
    kind, _, number = label.partition(":")
    said = {
        "participant": pgettext("who reported", "the participant"),
        # Translators: a relative or a helper, on the participant's own pages
        "proxy": pgettext("who reported", "someone else for the participant"),
        "account": pgettext("who reported", "staff, account %(number)s", number=number),
        "import": pgettext("who reported", "an import"),
        "command": pgettext("who reported", "a command"),
        # Translators: someone tried to sign in and did not show who they are
        "stranger": pgettext("who reported", "someone who is not signed in"),
    }
    return said.get(kind, label)
