"""What `make bench` runs: instruments that find functions, routes and rows by themselves, and what they may cost."""

import os

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")  # the loop's own log is nothing to read here
