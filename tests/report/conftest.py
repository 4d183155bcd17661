"""A browser for the pages, where one can be had."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)
MISSING = (
    "no Chromium was found, so the report was NOT tested in a browser: install one (make test does "
    "so as root on Debian), put it on the PATH or name it in GONOGO_BROWSER"
)


untested: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what a line among skipped tests would hide."""
    if untested:
        terminalreporter.section("NOT TESTED IN A BROWSER", sep="!", red=True, bold=True)
        terminalreporter.write_line(MISSING, red=True)


def browser_path() -> str | None:
    named = os.environ.get("GONOGO_BROWSER")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium without a window; for one module, because Playwright keeps an event loop running."""
    path = browser_path()
    if path is None:
        untested.append(MISSING)
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture
def shown(browser) -> Iterator[Callable[..., object]]:
    """Open a page of a file; any error in it and any request beyond it fails the test."""
    contexts, problems = [], []

    def show(path: Path, *, width: int = 1280, height: int = 900, **options: object) -> object:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                problems.append(said.text)
                if said.type in ("error", "warning") and "willReadFrequently" not in said.text
                else None  # the tests themselves read canvases back
            ),
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url == path.as_uri() or asked.url.startswith(("data:", "blob:"))
                else problems.append(f"asked for {asked.url[:80]}")
            ),
        )
        page.goto(path.as_uri())
        until(page, "document.documentElement.classList.contains('ready')")
        until(page, "document.querySelector('.threshold, .note') !== null")
        settle(page)
        return page

    yield show
    for context in contexts:
        context.close()
    assert problems == []


def until(page: object, expression: str) -> None:
    """Until something holds; asked from outside, as the page lets no text be run inside."""
    end = time.monotonic() + 20.0
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        time.sleep(0.02)


def settle(page: object) -> None:
    """Until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 60))")
