"""The actions of the audit trail in words, for people who read it."""

from collections.abc import Mapping
from typing import Any

from app.i18n import gettext, lazy_gettext

ACTIONS = {
    # Translators: what someone did, in the audit trail
    "account.add": lazy_gettext("Account added"),
    "account.change": lazy_gettext("Account changed"),
    "account.change_email": lazy_gettext("E-mail address changed"),
    "account.change_language": lazy_gettext("Language of the own pages changed"),
    "account.change_password": lazy_gettext("Password changed"),
    "account.deactivate": lazy_gettext("Account deactivated"),
    "account.invite": lazy_gettext("Account added by invitation"),
    "account.lock": lazy_gettext("Too many failed tries to sign in: closed for a while"),
    "account.reactivate": lazy_gettext("Account reactivated"),
    "account.reset_second_factor": lazy_gettext("Second step of signing in reset"),
    "alert.assign": lazy_gettext("Alert given to someone"),
    "alert.close": lazy_gettext("Alert ended with a disposition"),
    "alert.escalate": lazy_gettext("Alert escalated: its deadline passed"),
    "alert.mail": lazy_gettext("Mail about an escalated alert"),
    "alert.note": lazy_gettext("Note on an alert"),
    "alert.raise": lazy_gettext("Alert raised: alarming answers"),
    "allocation_list.add": lazy_gettext("Randomisation list added"),
    "allocation_list.reveal": lazy_gettext("Randomisation list opened"),
    "answers.save": lazy_gettext("Answers saved"),
    "arm.read": lazy_gettext("Arm read"),
    "code_app.add": lazy_gettext("App with codes added"),
    "code_app.remove": lazy_gettext("App with codes removed"),
    "code_app.rename": lazy_gettext("App with codes renamed"),
    "consent.record": lazy_gettext("Consent recorded"),
    "contact.bounce": lazy_gettext("Address marked: it takes no messages"),
    "contact.change": lazy_gettext("Contact details changed"),
    "contact.read": lazy_gettext("Contact details read"),
    "correction.decide": lazy_gettext("Correction decided"),
    "correction.request": lazy_gettext("Correction of an answer asked for"),
    "contact.trust": lazy_gettext("Address used again"),
    "data.export": lazy_gettext("Data exported"),
    "data.import": lazy_gettext("Data imported"),
    "document.attach": lazy_gettext("Document attached"),
    "document.read": lazy_gettext("Document looked at"),
    "document.redact": lazy_gettext("Document redacted"),
    "email_change.ask": lazy_gettext("Other e-mail address asked for"),
    "email_change.cancel": lazy_gettext("Other e-mail address no longer asked for"),
    "email_change.mail": lazy_gettext("Link to confirm an e-mail address e-mailed"),
    "email_change.notify": lazy_gettext("Old e-mail address told of the change"),
    "event.read": lazy_gettext("Event read and decided"),
    "event.report": lazy_gettext("Event reported"),
    "keys.reseal": lazy_gettext("Sealed with the newest key"),
    "link.ask": lazy_gettext("New link asked for"),
    "link.issue": lazy_gettext("Link issued"),
    "link.mail": lazy_gettext("Link e-mailed"),
    "link.open": lazy_gettext("Link opened"),
    "link.revoke": lazy_gettext("Link revoked"),
    "link.show_code": lazy_gettext("Short code of the link shown for the first time"),
    "participant.change_language": lazy_gettext("Language changed"),
    "missed_reason.record": lazy_gettext("Reason for a missed visit recorded"),
    "participant.enrol": lazy_gettext("Participant enrolled"),
    "participant.correct_randomisation": lazy_gettext("Date of the randomisation corrected"),
    "participant.randomise": lazy_gettext("Participant randomised"),
    "passkey.add": lazy_gettext("Passkey added"),
    "reply.receive": lazy_gettext("Answer to a message received"),
    "reply.read": lazy_gettext("Answer to a message read"),
    "reply.settle": lazy_gettext("Answer to a message dealt with"),
    "reminder.deliver": lazy_gettext("Message delivered, as reported"),
    "passkey.remove": lazy_gettext("Passkey removed"),
    "passkey.rename": lazy_gettext("Passkey renamed"),
    "passkey.suspect": lazy_gettext("Passkey refused: there seems to be a copy of it"),
    "password.choose": lazy_gettext("Password chosen"),
    "password.issue_link": lazy_gettext("Link for a new password issued"),
    "password.mail_link": lazy_gettext("Link for a new password e-mailed"),
    "preference.change": lazy_gettext("Contact preferences changed"),
    "preference.start": lazy_gettext("Reminders wanted again"),
    "preference.stop": lazy_gettext("Reminders stopped by the participant"),
    "provider_identity.bind": lazy_gettext("Account tied to the organisation’s sign-in"),
    "provider_identity.remove": lazy_gettext("Account untied from the organisation’s sign-in"),
    "push.end": lazy_gettext("Messages in the browser ended"),
    "push.subscribe": lazy_gettext("Messages in the browser begun"),
    "qualification.end": lazy_gettext("Training or delegation ended"),
    "qualification.record": lazy_gettext("Training or delegation recorded"),
    "query.answer": lazy_gettext("Query answered"),
    "query.ask": lazy_gettext("Query raised"),
    "query.assign": lazy_gettext("Query given to someone"),
    "query.close": lazy_gettext("Query closed"),
    "query.reopen": lazy_gettext("Query reopened"),
    "recovery_code.use": lazy_gettext("Recovery code used"),
    "recovery_codes.make": lazy_gettext("Recovery codes made"),
    "reminder.bounce": lazy_gettext("Reminder refused: the address takes no messages"),
    "reminder.doubt": lazy_gettext("Reminders of unknown fate, after a backup was restored"),
    "reminder.drop": lazy_gettext("Reminder dropped: no longer owed"),
    "reminder.fail": lazy_gettext("Reminder not sent"),
    "reminder.plan": lazy_gettext("Reminders planned"),
    "reminder.plan_by_hand": lazy_gettext("Reminders planned by hand"),
    "reminder.send": lazy_gettext("Reminder sent"),
    "reminder.settle": lazy_gettext("Decision about a reminder in trouble"),
    "report.publish": lazy_gettext("Report published"),
    "response.respondent": lazy_gettext("Who answers was changed"),
    "response.submit": lazy_gettext("Questionnaire sent"),
    "response.submit_again": lazy_gettext("Questionnaire sent again: not taken"),
    "session.begin": lazy_gettext("Signed in"),
    "session.end": lazy_gettext("Signed out"),
    "sighting.record": lazy_gettext("Sighting recorded"),
    "study.load": lazy_gettext("Study version loaded"),
    "study.simulate": lazy_gettext("Simulated participants added"),
    "treatment.correct": lazy_gettext("Date of an infusion corrected"),
    "treatment.record": lazy_gettext("Infusion recorded"),
    "withdrawal.record": lazy_gettext("Withdrawal recorded"),
}


def action(name: str) -> str:
    """Return what was done in the language in use; an action without words shows its name."""
    return str(ACTIONS.get(name, name))


def content(fields: Mapping[str, Any] | None) -> str:
    """Return old or new values as one line: `arm: cells; randomised_on: 2026-01-05`."""
    return "; ".join(f"{name}: {_value(value)}" for name, value in (fields or {}).items())


def _value(value: object) -> str:
    if value is None:
        # Translators: an empty value in the audit trail
        return gettext("nothing")
    if isinstance(value, Mapping):
        return f"({content(value)})"
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value) or gettext("nothing")
    return str(value)
