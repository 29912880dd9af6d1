"""The codes that the demo's staff would see on their phones now, as a page. The demo made the keys and keeps them."""

import html
import time
from pathlib import Path

from demo.codes import STEP_S, Authenticator, code

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{left}">
<title>Codes</title>
<style>
  body {{ margin: 2rem auto; max-width: 44rem; padding: 0 1rem; background: #f7f3ec; color: #2b2a27;
         font: 1rem/1.5 "Atkinson Hyperlegible Next", system-ui, sans-serif; }}
  td {{ padding: .25rem 2rem .25rem 0; font-variant-numeric: tabular-nums; }} b {{ font-size: 1.5rem; }}
</style>
<h1>Codes</h1>
<p>What the demo's staff would see on their phones now. The next ones come in {left} seconds; each counts once.</p>
{codes}
</html>
"""


def page(file: Path | None, now: float | None = None) -> bytes:
    """The page, of the keys in a file. People who were invited on the site have theirs in an app of their own."""
    at = time.time() if now is None else now
    keys = Authenticator(file).keys
    rows = "".join(f"<tr><td>{html.escape(email)}<td><b>{code(key, at)}</b>" for email, key in sorted(keys.items()))
    codes = f"<table>{rows}</table>" if rows else "<p>Nobody yet.</p>"
    return PAGE.format(left=STEP_S - int(at) % STEP_S, codes=codes).encode()
