"""The README's pictures, taken only when they are asked for: `make pictures`."""

import os
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.media.processing import find_ffmpeg
from demo.practice import DANA, JONAS
from tests.journeys.conftest import DESK, PHONE, Visits
from tests.journeys.pages import button, link

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SMALLER = (
    *("-loglevel", "error", "-f", "png_pipe", "-i", "pipe:0", "-filter_complex"),
    "scale='min(iw,960)':-2:flags=lanczos,split[a][b];[a]palettegen=max_colors=160[p];[b][p]paletteuse=dither=none",
    *("-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1"),
)
LARGEST = 80_000  # bytes, as they are loaded with the README


@pytest.mark.usefixtures("demo")
def test_today_a_review_and_its_feedback_can_be_shown(visit: Visits) -> None:
    phone = visit(DANA, "/today", PHONE)
    expect(link(phone, "Start lesson 2")).to_be_visible()
    take(phone, "today")
    phone.goto("/program")
    link(phone, "Lesson 1").click()
    expect(phone.get_by_text("Round lips here.")).to_be_visible()
    expect(phone.locator("video")).not_to_have_js_property("videoWidth", 0)
    take(phone, "feedback")
    desk = visit(JONAS, "/reviews", DESK)
    link(desk, "Review Ruth Adeyemi").click()
    expect(desk.get_by_text("What happens next", exact=True)).to_be_visible()
    expect(desk.locator("video")).not_to_have_js_property("videoWidth", 0)
    expect(button(desk, "One frame on")).to_be_visible()  # the tools come when the page stands
    take(desk, "review")


def take(page: Page, name: str) -> None:
    """Take a picture of what the window shows; keep it when pictures are wanted."""
    taken = page.screenshot(scale="css")
    assert taken.startswith(b"\x89PNG")
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        small = subprocess.run([find_ffmpeg(), *SMALLER], input=taken, capture_output=True, check=True).stdout
        (PICTURES / f"{name}.png").write_bytes(small)
        assert len(small) < LARGEST
