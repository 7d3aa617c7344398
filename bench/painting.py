"""One page opened in Chromium as a slow phone on a slow network opens it, and again with no network."""

import os
import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from tests.fixtures.browser import CHROMIUM, PHONE, QUIET

LATENCY_MS = 400
BITS_PER_SECOND = 400_000
SLOWER = 4
TIMES = 5
KEPT = "async () => !!(await caches.match(location.pathname)) && !!(await outbox.get('open'))"
PAINTS = "performance.getEntriesByName('first-contentful-paint')"
PHONE_SIZE = ViewportSize(width=PHONE["width"], height=PHONE["height"])


@dataclass(frozen=True)
class Opened:
    """What one opening of a page took: `requests` by address with their bytes on the wire."""

    requests: dict[str, int]
    first_paint_ms: float
    second_paint_ms: float


def opened(url: str, secret: str) -> Opened:
    """Open a page several times, each in a new profile; return the weight of one and the median paints."""
    arguments = [*QUIET, "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to work for root
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=arguments)
        try:
            openings = [_open_once(chromium, url, secret) for _ in range(TIMES)]
        finally:
            chromium.close()
    heaviest = max(openings, key=lambda each: sum(each.requests.values()))
    return Opened(
        heaviest.requests,
        statistics.median(each.first_paint_ms for each in openings),
        statistics.median(each.second_paint_ms for each in openings),
    )


def _open_once(chromium: Browser, url: str, secret: str) -> Opened:
    context = chromium.new_context(viewport=PHONE_SIZE, device_scale_factor=2, is_mobile=True, has_touch=True)
    try:
        context.add_cookies([{"url": url, "name": "hepatica_p", "value": secret}])
        page = context.new_page()
        speaker = context.new_cdp_session(page)
        addresses, weights = _listen(speaker)
        speaker.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": BITS_PER_SECOND / 8,
                "uploadThroughput": BITS_PER_SECOND / 8,
            },
        )
        speaker.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url, wait_until="networkidle")
        first = _paint(page)
        # What never left the browser (an icon inside the page) has no bytes and is no request.
        requests = {
            addresses[key]: size for key, size in weights.items() if addresses[key].startswith("http")
        }
        while not page.evaluate(KEPT):  # by the worker, which comes after the first paint
            page.wait_for_timeout(50)
        context.set_offline(True)
        page.reload()
        return Opened(requests, first, _paint(page))
    finally:
        context.close()


def _paint(page: Page) -> float:
    page.wait_for_function(f"() => {PAINTS}.length > 0")
    return float(page.evaluate(f"() => {PAINTS}[0].startTime"))


def _listen(speaker: CDPSession) -> tuple[dict[str, str], dict[str, int]]:
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        weights[event["requestId"]] = round(event["encodedDataLength"])

    speaker.on("Network.requestWillBeSent", sent)
    speaker.on("Network.loadingFinished", finished)
    speaker.send("Network.enable")
    return addresses, weights
