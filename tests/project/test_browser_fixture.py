"""Pages in tests are those of a phone, and what goes wrong on them is noticed."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_page_is_as_wide_as_a_small_phone(page: Page) -> None:
    page.set_content("<!doctype html><title>t</title><meta name=viewport content='width=device-width'>")
    assert page.evaluate("[innerWidth, innerHeight]") == [360, 740]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("<script>undefined.answer</script>", "script error: "),
        ("<img src='https://example.org/a.png'>", "asked another host: https://example.org/a.png"),
        (
            "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>1</script>",
            "policy broken: ",
        ),
    ],
)
def test_faults_of_a_page_fail_its_test(
    content: str,
    fault: str,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
) -> None:
    pytester.makepyfile(
        f"""
        def test_shows_a_page(page):
            page.set_content({content!r})
            page.wait_for_timeout(50)
        """
    )
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    result = pytester.runpytest_subprocess("-p", "tests.fixtures.browser", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*{fault}*"])
