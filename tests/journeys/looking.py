"""What may be wrong with a page as it stands: axe's findings, and content wider than the window."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

NARROWEST: ViewportSize = {"width": 320, "height": 640}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_AXE = Axe()
# A busy machine may take some frames to lay a page out anew after its window became narrower.
_OVER = """
() => new Promise((tell) => {
  const until = performance.now() + 2000
  const look = () => {
    const over = document.scrollingElement.scrollWidth - innerWidth
    if (over <= 0 || performance.now() > until) tell(over)
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""
# What appears is see-through for its first frames, reduced motion or not: axe would call its text too pale.
_STILL = """
() => Promise.allSettled(
  document.getAnimations()
    .filter((moving) => moving.effect.getComputedTiming().endTime !== Infinity)
    .map((moving) => moving.finished)
)
"""
_RUN = "(options) => axe.run(document, options).then((found) => found.violations)"


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line a place."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE.axe_script)
    page.evaluate(_STILL)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    violations: list[dict[str, Any]] = page.evaluate(_RUN, options)
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]


def look(page: Page) -> None:
    """Fail where something is wrong with the page as it stands, with what it has opened."""
    found = findings(page)
    assert not found, "\n".join(found)
    over = overhang(page)
    assert over <= 0, f"the page is {over} px wider than the window"


def overhang(page: Page) -> int:
    """By how many pixels the page is wider than the narrowest window that there is to be."""
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)
    over = int(page.evaluate(_OVER))
    if before:
        page.set_viewport_size(before)
    return over
