"""Documents of a reported event: attached, looked at, redacted."""

from io import BytesIO

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import documents
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.event import ReadingForm, of_desk, shown
from app.web.staff.fields import StaffForm, stripped
from app.web.transactions import settings
from app.web.uploads import takes_a_file

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""A document that a browser shows in spite of all else runs nothing and loads nothing."""


class DocumentForm(StaffForm):
    """One file."""

    says = {  # noqa: RUF012 - read, never changed
        Code.FILE_NOT_TAKEN: lazy_gettext(
            "Attach a PDF, PNG, JPEG or plain text file whose name ends accordingly."
        ),
        Code.FILE_TOO_LARGE: lazy_gettext("Attach a smaller file. Nothing was changed."),
    }

    document = FileField(lazy_gettext("File"))


@blueprint.post("/events/<int:event_id>/documents")
@takes_a_file
@staff_only("coordinator", "administrator")
def attach_document(event_id: int) -> ResponseReturnValue:
    """Attach a file; one that is not taken leaves nothing behind."""
    form = DocumentForm(request.form)
    sent = request.files.get("document")
    try:
        with at_desk(writing=True) as desk:
            of_desk(desk, event_id)
            documents.attach_document(
                desk.session,
                event_id=event_id,
                name=(sent.filename if sent else "") or "",
                content=sent.read() if sent else b"",
                largest=settings().largest_document,
                actor=desk.actor,
                now=desk.now,
                contact_keys=settings().contact_keys,
            )
            flash(gettext("The document is attached."), "good")
            return redirect(url_for("staff.event", event_id=event_id), 303)
    except Refusal as refusal:
        if refusal.code not in form.says:
            raise
        form.refuse(refusal, "document")
        status = 413 if refusal.code == Code.FILE_TOO_LARGE else 422
    with at_desk() as desk:
        row, similar = of_desk(desk, event_id)
        reading = ReadingForm()
        reading.offer(similar)
        return shown(desk, row, similar, reading, attaching=form), status


@blueprint.post("/events/<int:event_id>/documents/<int:document_id>")
@staff_only("coordinator", "monitor", "adjudicator", "administrator")
def read_document(event_id: int, document_id: int) -> ResponseReturnValue:
    """Give a document out, as a file and never as a page; the look is recorded."""
    with at_desk(writing=True) as desk:
        of_desk(desk, event_id)
        opened = documents.read_document(
            desk.session,
            event_id=event_id,
            document_id=document_id,
            actor=desk.actor,
            now=desk.now,
            contact_keys=settings().contact_keys,
        )
    response: Response = send_file(
        BytesIO(opened.content), mimetype=opened.media_type, as_attachment=True, download_name=opened.name
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@blueprint.post("/events/<int:event_id>/documents/<int:document_id>/redaction")
@staff_only("administrator")
def redact_document(event_id: int, document_id: int) -> ResponseReturnValue:
    """Take away what a document says; without a reason it stays."""
    with at_desk(writing=True) as desk:
        of_desk(desk, event_id)
        documents.redact_document(
            desk.session,
            event_id=event_id,
            document_id=document_id,
            reason=stripped(request.form.get("reason"))[:500],
            actor=desk.actor,
            now=desk.now,
        )
        flash(gettext("The document is redacted."))
    return redirect(url_for("staff.event", event_id=event_id), 303)
