"""Every rendition in Chromium: played to its end with its pictures counted, and sought in."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from infra.chromium import chromium
from tests.journeys.conftest import ARGUMENTS

from .conftest import Made, Outcome
from .corpus import KINDS

VIDEOS = [name for name, kind in KINDS.items() if kind.accepted and kind.asked == "video"]
SOUNDS = [name for name, kind in KINDS.items() if kind.accepted and kind.asked == "audio"]
PATIENCE_MS = 30_000.0
FAST = 6
"""How many times as fast as it was filmed."""

# A page with nothing on it but what plays; what it says is awaited, never slept for.
PAGE = """
<!doctype html><title>Playing</title><video id=player muted playsinline></video>
<script>
const player = document.getElementById("player");
const once = (name) => new Promise((done, failed) => {
  player.addEventListener(name, done, { once: true });
  player.addEventListener("error", () => failed(new Error(player.error.message)), { once: true });
});
const picture = () => new Promise((done) => player.requestVideoFrameCallback((_, about) => done(about.mediaTime)));

async function open(address) {
  const there = once("loadeddata"), first = picture();
  player.src = address;
  player.load();
  await there;
  if (player.videoWidth) await first;
  return [player.videoWidth, player.videoHeight, player.duration];
}

async function play(rate) {
  const times = [];
  const note = (_, about) => { times.push(about.mediaTime); player.requestVideoFrameCallback(note); };
  if (player.videoWidth) player.requestVideoFrameCallback(note);
  const over = once("ended");
  player.playbackRate = rate;
  await player.play();
  await over;
  const quality = player.getVideoPlaybackQuality();
  return { times, drawn: quality.totalVideoFrames, at: player.currentTime };
}

async function seek(time) {
  const shown = player.videoWidth ? picture() : Promise.resolve(null), sought = once("seeked");
  player.currentTime = time;
  await sought;
  return [player.currentTime, await shown];
}
</script>
"""


@pytest.fixture(scope="module")
def page(made: Made) -> Iterator[Page]:
    """One page of one browser, on a server that knows all renditions."""
    root = made("index-first.mp4").folder.parent
    (root / "playing.html").write_text(PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Served, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        words = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=words)
        opened = browser.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.goto(f"http://127.0.0.1:{server.server_port}/playing.html")
        yield opened
        browser.close()
    server.shutdown()
    server.server_close()


class Served(SimpleHTTPRequestHandler):
    """Files with ranges, as S3 gives them: without, Chromium does not seek."""

    def send_head(self) -> Any:
        wanted = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if wanted is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        begin, end = int(first), min(int(last) if last else size - 1, size - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.send_header("Content-Length", str(end - begin + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        file = path.open("rb")
        file.seek(begin)
        return file

    def log_message(self, *_: object) -> None:
        """Nothing: it is a test."""


def _open(page: Page, outcome: Outcome) -> tuple[int, int, float]:
    width, height, duration = page.evaluate("open", f"/{outcome.folder.name}/{outcome.rendition.name}")
    return width, height, duration


def _moments(outcome: Outcome) -> list[float]:
    return [at / 1000 for at in accumulate(outcome.timeline.frame_ms)]


@pytest.mark.parametrize("name", VIDEOS)
def test_a_browser_plays_it_to_its_end_and_shows_every_picture(made: Made, page: Page, name: str) -> None:
    outcome = made(name)
    moments = _moments(outcome)
    width, height, duration = _open(page, outcome)
    assert (width, height) == outcome.kind.size
    assert duration == pytest.approx(outcome.timeline.duration_ms / 1000, abs=0.05)
    played = page.evaluate("play", 16 if duration > 10 else FAST)
    assert played["at"] == pytest.approx(duration, abs=0.05)
    # Decoded: all of them. Shown: a busy machine may skip some; each that is shown is one of the timeline's.
    assert played["drawn"] == len(moments)
    assert played["times"]
    assert [time for time in played["times"] if min(abs(time - moment) for moment in moments) > 0.002] == []


@pytest.mark.parametrize("name", VIDEOS)
def test_a_browser_finds_each_moment_that_is_sought(made: Made, page: Page, name: str) -> None:
    outcome = made(name)
    moments = _moments(outcome)
    _open(page, outcome)
    for part in (0.8, 0.1, 0.5):
        wanted = int(part * len(moments))
        # A little into a picture's time, as the player's frame step does: that very picture is shown.
        later = moments[wanted + 1] if wanted + 1 < len(moments) else moments[wanted] + 0.02
        at, shown = page.evaluate("seek", (moments[wanted] + later) / 2)
        assert at == pytest.approx((moments[wanted] + later) / 2, abs=0.001)
        assert shown == pytest.approx(moments[wanted], abs=0.002)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_browser_plays_a_voice_to_its_end(made: Made, page: Page, name: str) -> None:
    outcome = made(name)
    _, _, duration = _open(page, outcome)
    assert duration == pytest.approx(outcome.timeline.duration_ms / 1000, abs=0.1)
    for part in (0.7, 0.2):
        at, _ = page.evaluate("seek", duration * part)
        assert at == pytest.approx(duration * part, abs=0.001)
    assert page.evaluate("play", FAST)["at"] == pytest.approx(duration, abs=0.05)
