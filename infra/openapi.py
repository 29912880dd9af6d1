"""Write `web/openapi.json` from the endpoints' declarations: `python -m infra.openapi [--check]`."""

import json
import sys
from pathlib import Path

import app  # noqa: F401 - registers the endpoints
from chalicelib.foundation.http import ENDPOINTS
from chalicelib.foundation.openapi import document

TARGET = Path(__file__).parent.parent / "web" / "openapi.json"


def current() -> str:
    """Return the document as it should stand in the file."""
    return json.dumps(document(ENDPOINTS), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text() == current() else "web/openapi.json is stale. Run `make openapi`.")
    TARGET.write_text(current())
