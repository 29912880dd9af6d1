"""What people do on pages, in their words: roles and labels, never the page's own classes."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.steps import PASSWORD

PATIENCE_S = 15.0


def becomes(read: Callable[[], object], wanted: object) -> None:
    """Wait until what is read is as wanted; fail with what was read at last."""
    last = time.monotonic() + PATIENCE_S
    while (found := read()) != wanted and time.monotonic() < last:
        time.sleep(0.05)
    assert found == wanted


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    button(page, "Sign in").click()


def expect_step(page: Page, number: int) -> None:
    """A lesson stands at a step."""
    expect(page.get_by_text(f"Step {number} of", exact=False).first).to_be_visible()


def next_step(page: Page, number: int) -> None:
    """Go on to the step with this number."""
    button(page, "Next").click()
    expect_step(page, number)


def reach(page: Page, role: str, name: str) -> None:
    """Press Tab until the focus is on what is named."""
    wanted = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(wanted.first).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("(node) => node === document.activeElement"):
            return
    pytest.fail(f"{name} is not reached by Tab.")


def press(page: Page, role: str, name: str, key: str = "Enter") -> None:
    """Go to what is named by Tab, and press a key there."""
    reach(page, role, name)
    page.keyboard.press(key)


def choose_file(page: Page, file: Path, label: str = "Choose a file") -> None:
    page.get_by_label(label).set_input_files(file)


def use_video(page: Page) -> None:
    button(page, "Use this video").click()


def kept(page: Page) -> Locator:
    """What a lesson says once an answer is on the server."""
    return page.get_by_text("Kept at")
