"""Pages for staff: coordinators, statisticians, administrators."""

from flask import Blueprint, session

from app.web.staff.desk import keep_study

blueprint = Blueprint("staff", "app.web", url_prefix="/staff")
blueprint.url_defaults(keep_study)


@blueprint.before_request
def keep_token() -> None:
    """Keep the forms' token when a browser is closed and opened again, as it keeps who is signed in."""
    session.permanent = True


from app.web.staff import (  # noqa: E402 - the views need the blueprint
    alert_queue,
    arm,
    audit_trail,
    browsers,
    choose_password,
    choosing,
    completion,
    confirm_email,
    contact,
    corrections,
    data_queries,
    documents,
    enrolment,
    entered,
    event,
    events,
    languages,
    link,
    link_mail,
    me,
    me_setup,
    my_email,
    participant,
    people,
    person,
    person_email,
    provider,
    recording,
    reminders,
    replies,
    reports,
    response,
    roster,
    second_factor_reset,
    second_step,
    sign_in,
    strata,
    today,
    visit_list,
    worklist,
)

__all__ = [
    "alert_queue",
    "arm",
    "audit_trail",
    "blueprint",
    "browsers",
    "choose_password",
    "choosing",
    "completion",
    "confirm_email",
    "contact",
    "corrections",
    "data_queries",
    "documents",
    "enrolment",
    "entered",
    "event",
    "events",
    "languages",
    "link",
    "link_mail",
    "me",
    "me_setup",
    "my_email",
    "participant",
    "people",
    "person",
    "person_email",
    "provider",
    "recording",
    "reminders",
    "replies",
    "reports",
    "response",
    "roster",
    "second_factor_reset",
    "second_step",
    "sign_in",
    "strata",
    "today",
    "visit_list",
    "worklist",
]
