"""The picture of the demo's report in the README, taken by a browser.

Run as ``python docs/make_report_picture.py REPORT.html``, with the extra ``dev`` and a Chromium on
the PATH; writes ``docs/report.webp``.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent / "report.webp"
WIDTH, HEIGHT = 1380, 1160


def take(report: Path) -> Path:
    """The page above, and its pictures below, of one category."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.resolve().as_uri())
        page.locator(".pick", has_text="gravel").click()
        page.wait_for_timeout(800)
        views = [Image.open(io.BytesIO(page.screenshot()))]
        page.evaluate("document.getElementById('gallery').scrollIntoView()")
        page.wait_for_timeout(800)
        top = page.locator(".top").bounding_box()
        cut = 14 + (0 if top is None else int(top["height"]))
        clip = {"x": 0, "y": cut, "width": WIDTH, "height": 330}
        views.append(Image.open(io.BytesIO(page.screenshot(clip=clip))))
        browser.close()
    whole = Image.new("RGB", (WIDTH, sum(view.height for view in views)))
    top = 0
    for view in views:
        whole.paste(view, (0, top))
        top += view.height
    whole.save(PICTURE, quality=80, method=6)
    return PICTURE


if __name__ == "__main__":
    sys.stdout.write(f"{take(Path(sys.argv[1]))}\n")
