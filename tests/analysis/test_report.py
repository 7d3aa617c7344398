"""The report as a folder and on the staff site: keys, hash, sameness, one self-contained page, refusals."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest
from click.testing import CliRunner, Result

from analysis.__main__ import main
from analysis.columns import DATASETS
from app import database
from app.domain.actor import Actor
from app.errors import Code, Refusal
from app.queries import reports
from tests.analysis.trial import Trial

STATISTICIAN = Actor("account", id=1, name="S", role="statistician")
COORDINATOR = Actor("account", id=2, name="C", role="coordinator", site="mad")


FIGURES = ("tfs", "os", "qol-itch", "hospital", "flow", "completion")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def report(trial: Trial, out: Path, *words: str) -> Result:
    return run("report", "--database-url", trial.url, "--out", str(out), *words)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_written_is_the_same_each_time(told: Trial, tmp_path: Path) -> None:
    assert report(told, tmp_path / "one").exit_code == 0
    first = files(tmp_path / "one")
    assert set(first) == {
        "report.html",
        "results.json",
        *(f"figures/{name}.svg" for name in FIGURES),
        *(f"datasets/{name}.csv" for name in DATASETS),
    }
    report(told, tmp_path / "two")
    assert files(tmp_path / "two") == first
    report(told, tmp_path / "one")
    assert files(tmp_path / "one") == first


def test_results_have_their_keys_and_no_nan(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path)
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"), parse_constant=_refuse)
    assert list(found) == [
        *(
            "study",
            "cutoff",
            "events",
            "blinded",
            "data_sha256",
            "reported_sha256",
            "plan_sha256",
            "versions",
        ),
        *(
            "tfs",
            "os",
            "ttx",
            "qol",
            "completion",
            "hospital",
            "alerts",
            "queries",
            "flow",
            "checks",
            "multiplicity",
            "analyses",
        ),
    ]
    assert (found["study"], found["cutoff"], found["events"]) == ("tiny", "2026-03-26", "confirmed")
    digest = hashlib.sha256()
    for path in sorted((tmp_path / "datasets").glob("*.csv")):
        digest.update(path.read_bytes())
    assert found["data_sha256"] == digest.hexdigest()
    assert list(found["tfs"]) == ["kaplan_meier", "median", "logrank"]
    assert list(found["tfs"]["kaplan_meier"][0]) == [
        *("group", "time", "at_risk", "events", "censored", "survival", "std_error", "lower", "upper"),
    ]
    assert {row["group"] for row in found["tfs"]["kaplan_meier"]} == {"cells", "usual"}
    assert list(found["tfs"]["logrank"]) == ["statistic", "df", "p_value"]
    assert {"mean", "lower", "upper", "n", "sd", "visit", "scale", "group"} <= set(found["qol"][0])
    assert {"expected", "completed", "available", "randomised"} <= set(found["completion"][0])
    for row in found["completion"]:
        assert row["available"] + sum(row["reasons"].values()) == row["randomised"]
    assert all(math.isfinite(row["rate"]) for row in found["hospital"])


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def test_all_events_and_pooled_arms(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path, "--events", "all", "--blinded")
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert found["events"] == "all"
    assert {row["group"] for row in found["os"]["kaplan_meier"]} == {"all"}
    assert sum(row["events"] for row in found["os"]["kaplan_meier"]) == 2
    assert found["os"]["logrank"] is None
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Usual care" not in page
    assert "Arms pooled" in page


def test_masked_arms_have_letters_and_nothing_that_tells_them(
    told: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    told.enrol("more", arm="usual")
    for number in range(6):
        monkeypatch.setattr("analysis.source.secret", lambda number=number: f"secret {number}")
        report(told, tmp_path / str(number), "--blinded=masked")
        found = json.loads((tmp_path / str(number) / "results.json").read_text(encoding="utf-8"))
        assert list(dict.fromkeys(row["group"] for row in found["tfs"]["kaplan_meier"])) == ["A", "B"]
        assert found["tfs"]["logrank"] is not None
        counts = {row["group"]: row["n"] for row in found["flow"] if row["step"] == "randomised"}
        sizes.append((counts["A"], counts["B"]))
    page = (tmp_path / "0" / "report.html").read_text(encoding="utf-8")
    assert "Usual care" not in page
    assert "Arms masked" in page
    assert "had an infusion" not in page
    assert set(sizes) == {(4, 5), (5, 4)}  # the order follows from the secret alone


def test_the_page_holds_everything_itself(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    tags = {str(element.tag) for element in tree.iter()}
    assert not tags & {"script", "link", "iframe", "object", "img", "base", "form"}
    for element, name, value in _attributes(tree):
        if name in ("href", "src", "srcset", "action"):
            assert value.startswith("#"), (element, name, value)
        assert not name.startswith("on")
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_the_page_is_named_and_described(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path)
    tree = html5lib.parse((tmp_path / "report.html").read_text(encoding="utf-8"), namespaceHTMLElements=False)
    assert tree.attrib["lang"] == "en"
    assert len(tree.findall(".//h1")) == 1
    ids = [value for _, name, value in _attributes(tree) if name == "id"]
    assert len(ids) == len(set(ids))
    captions = ["".join(caption.itertext()).strip() for caption in tree.findall(".//table/caption")]
    assert all(captions)
    assert len(captions) == len(tree.findall(".//table"))
    targets = [value[1:] for _, name, value in _attributes(tree) if name == "href" and value.startswith("#")]
    assert set(targets) <= set(ids)
    figures = list(tree.iter("{http://www.w3.org/2000/svg}svg"))
    assert len(figures) == len(FIGURES)
    for figure in figures:
        title, description = figure.attrib["aria-labelledby"].split()
        texts = {element.attrib.get("id"): "".join(element.itertext()) for element in figure.iter()}
        assert texts[title]
        assert texts[description]


def _attributes(tree: ElementTree.Element) -> Iterator[tuple[str, str, str]]:
    for element in tree.iter():
        for name, value in element.attrib.items():
            yield str(element.tag), str(name).rpartition("}")[2].rpartition(":")[2], value


def test_figures_keep_their_words_as_text(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path)
    for name in ("tfs", "os", "hospital", "qol-itch"):
        figure = ElementTree.parse(tmp_path / "figures" / f"{name}.svg").getroot()  # noqa: S314 - our own file
        words = [text.text for text in figure.iter("{http://www.w3.org/2000/svg}text")]
        assert "Usual care" in words
    tfs = (tmp_path / "figures" / "tfs.svg").read_text(encoding="utf-8")
    assert tfs.count(">At risk<") == tfs.count(">Censored<") == tfs.count(">Events<") == 2


def test_tables_and_figures_speak_the_language_asked_for(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path / "en")
    assert report(told, tmp_path / "ar", "--language", "ar").exit_code == 0
    english, arabic = (files(tmp_path / name) for name in ("en", "ar"))
    assert arabic["results.json"] == english["results.json"]
    tree = html5lib.parse(arabic["report.html"].decode(), namespaceHTMLElements=False)
    figures = list(tree.iter("figure"))
    assert len(figures) == len(FIGURES)
    for element in (*figures, *tree.iterfind(".//div[@class='scroll']")):
        assert (element.attrib["lang"], element.attrib["dir"]) == ("ar", "rtl")
    heads = {"".join(head.itertext()) for head in tree.iterfind(".//thead//th")}
    assert "الذراع" in heads
    assert "Arm" not in heads
    captions = " ".join("".join(each.itertext()) for each in tree.iterfind(".//figcaption"))
    assert "هل شعرت بحكة في جلدك؟" in captions  # the questionnaire's own title in Arabic
    for english_sentence in tree.iterfind(".//details[@class='listed']//td"):
        assert (english_sentence.attrib["lang"], english_sentence.attrib["dir"]) == ("en", "ltr")
    assert {each.attrib["dir"] for each in tree.iterfind(".//figure/div")} == {"ltr"}
    assert "\N{RIGHT-TO-LEFT ISOLATE}الأحداث\N{POP DIRECTIONAL ISOLATE}" in arabic["figures/tfs.svg"].decode()


def test_a_language_without_words_for_tables_is_refused(told: Trial, tmp_path: Path) -> None:
    ran = report(told, tmp_path / "out", "--language", "xx")
    assert ran.exit_code == 2
    assert "tables and figures in xx; there is en, ar, " in ran.stderr
    assert not (tmp_path / "out").exists()


def test_names_are_escaped_wherever_they_stand(told: Trial, tmp_path: Path) -> None:
    told.enrol("q", arm="<b>$x$</b>")
    report(told, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>$x$</b>" not in page
    assert "&lt;b&gt;$x$&lt;/b&gt;" in page


def test_a_published_report_is_kept_with_an_audit_entry(told: Trial, tmp_path: Path) -> None:
    assert "published as report 1" in report(told, tmp_path, "--publish").output
    with database.reading(told.url) as session:
        [listed] = reports.listed(session, actor=STATISTICIAN, study_id=told.study_id)
        whole = reports.one(session, actor=STATISTICIAN, report_id=listed.id)
        entries = session.connection().exec_driver_sql(
            "SELECT action, subject, actor FROM audit_entry ORDER BY id DESC LIMIT 1"
        )
        assert entries.one() == ("report.publish", "report:1", "command:analysis")
    assert whole.page == (tmp_path / "report.html").read_text(encoding="utf-8")
    assert whole.results == json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert listed.data_sha256 == whole.results["data_sha256"]
    assert listed.published_by == "command:analysis"


def test_reports_are_kept_on_both_databases(trial_on_both: Trial, tmp_path: Path) -> None:
    trial_on_both.sighted(trial_on_both.enrol("a"), 40)
    for number in (1, 2):
        assert f"published as report {number}" in report(trial_on_both, tmp_path, "--publish").output
    with database.reading(trial_on_both.url) as session:
        listed = reports.listed(session, actor=STATISTICIAN, study_id=trial_on_both.study_id)
        whole = reports.one(session, actor=STATISTICIAN, report_id=1)
    assert [each.id for each in listed] == [2, 1]
    assert whole.results == json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))


def test_who_sees_one_site_sees_no_report(told: Trial, tmp_path: Path) -> None:
    report(told, tmp_path, "--publish")
    with database.reading(told.url) as session:
        assert reports.listed(session, actor=COORDINATOR, study_id=told.study_id) == []
        with pytest.raises(Refusal) as refused:
            reports.one(session, actor=COORDINATOR, report_id=1)
    assert refused.value.code == Code.NOT_FOUND


@pytest.mark.parametrize(
    ("words", "told_so"),
    [
        (("--study", "nowhere"), "study nowhere; there is tiny"),
        (("--cutoff", "2026-02-30"), "cut-off '2026-02-30'; allowed: a date as YYYY-MM-DD"),
        (("--cutoff", "1999-01-01"), "the cut-off 1999-01-01 lies before the first enrolment"),
        (("--events", "some"), "'some' is not one of"),
        (("--database-url", "sqlite:///nowhere/hepatica.db"), "there is no database at nowhere/hepatica.db"),
        (("--database-url", "what"), "the database's address is not one"),
    ],
)
@pytest.mark.parametrize("command", ["report", "datasets"])
def test_what_is_refused_is_told_plainly_and_writes_nothing(
    told: Trial, tmp_path: Path, command: str, words: tuple[str, ...], told_so: str
) -> None:
    out = tmp_path / "out"
    ran = run(command, "--database-url", told.url, "--out", str(out), *words)
    assert ran.exit_code == 2
    assert told_so in ran.stderr
    assert "Traceback" not in ran.output
    assert not out.exists()


def test_a_study_without_participants_is_refused(trial: Trial, tmp_path: Path) -> None:
    ran = report(trial, tmp_path / "out")
    assert ran.exit_code == 2
    assert "study tiny has no participants yet" in ran.stderr


def test_a_folder_with_other_tables_is_refused(told: Trial, tmp_path: Path) -> None:
    held = tmp_path / "datasets"
    held.mkdir()
    (held / "mine.csv").write_text("1")
    ran = run("datasets", "--database-url", told.url, "--out", str(tmp_path))
    assert ran.exit_code == 2
    assert "holds mine.csv" in ran.stderr
    assert [path.name for path in held.iterdir()] == ["mine.csv"]


def test_a_study_in_which_nobody_is_randomised_has_a_report(trial: Trial, tmp_path: Path) -> None:
    trial.enrol("a", arm=None)
    assert report(trial, tmp_path).exit_code == 0
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert found["tfs"] is found["os"] is found["ttx"] is None
    assert "No participant has been randomised yet." in (tmp_path / "report.html").read_text(encoding="utf-8")
