"""Choosing the study, and the language of the own pages."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actor import ROLES
from app.errors import Code, Refusal
from app.i18n import languages
from app.operations import accounts
from app.queries import studies
from app.web import transactions
from app.web.gate import staff_only
from app.web.speech import said
from app.web.staff import blueprint


@blueprint.get("/studies")
@staff_only(*ROLES)
def choose_study() -> ResponseReturnValue:
    """Show the studies; an account that belongs to one goes there at once."""
    if g.staff.study_id is not None:
        return redirect(url_for("staff.today"))
    with transactions.reading() as session:
        found = [
            (code, said(studies.current(session, code=code).study.title)) for code in studies.codes(session)
        ]
    return render_template("staff/studies.html", found=found)


@blueprint.post("/language")
@staff_only(*ROLES, settled=False)
def change_language() -> ResponseReturnValue:
    """Change the language of the own pages, here and on every other device."""
    language = request.form.get("language", "")
    if language not in languages():
        raise Refusal(Code.LANGUAGE_NOT_OFFERED, language)
    with transactions.writing() as session:
        accounts.change_language(
            session, account_id=g.staff.account_id, language=language, actor=g.staff.actor, now=g.now
        )
    return redirect(url_for("staff.today", study=request.args.get("study")), 303)
