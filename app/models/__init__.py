"""Every table; importing this package makes `Base.metadata` complete."""

from app.models.access import Account, Attempt, Link, LinkRequest, SignedIn
from app.models.alert import Alert, AlertMail, AlertStep
from app.models.allocation import Allocation, AllocationList
from app.models.audit_entry import AuditEntry
from app.models.base import Base
from app.models.consent import Consent, Withdrawal
from app.models.contact_hash import ContactHash
from app.models.contact_preference import ContactPreference
from app.models.correction import Correction, CorrectionDecision
from app.models.data_query import DataQuery, DataQueryStep
from app.models.document import Document
from app.models.email_change import EmailChange
from app.models.event import Event, Reading
from app.models.missed_reason import MissedReason
from app.models.occasion import Occasion
from app.models.participant import Contact, Participant
from app.models.password_link import PasswordLink
from app.models.push_subscription import PushSubscription
from app.models.qualification import Qualification
from app.models.reminder import Reminder
from app.models.reply import Reply
from app.models.report import Report
from app.models.response import Answer, Response
from app.models.second_factor import CodeApp, Passkey, ProviderIdentity, RecoveryCode, SpentChallenge
from app.models.sighting import Sighting
from app.models.signature import Signature
from app.models.study import InstrumentVersion, OfferedWording, Study, StudyVersion, Wording
from app.models.treatment import Treatment

__all__ = [
    "Account",
    "Alert",
    "AlertMail",
    "AlertStep",
    "Allocation",
    "AllocationList",
    "Answer",
    "Attempt",
    "AuditEntry",
    "Base",
    "CodeApp",
    "Consent",
    "Contact",
    "ContactHash",
    "ContactPreference",
    "Correction",
    "CorrectionDecision",
    "DataQuery",
    "DataQueryStep",
    "Document",
    "EmailChange",
    "Event",
    "InstrumentVersion",
    "Link",
    "LinkRequest",
    "MissedReason",
    "Occasion",
    "OfferedWording",
    "Participant",
    "Passkey",
    "PasswordLink",
    "ProviderIdentity",
    "PushSubscription",
    "Qualification",
    "Reading",
    "RecoveryCode",
    "Reminder",
    "Reply",
    "Report",
    "Response",
    "Sighting",
    "Signature",
    "SignedIn",
    "SpentChallenge",
    "Study",
    "StudyVersion",
    "Treatment",
    "Withdrawal",
    "Wording",
]
