"""The embedded AWS: ministack behind a front of our own. Only `__main__` and `aws` need ministack.

Run as `.emulator/bin/python -m infra.emulator`; the rest of infra starts it by `infra.stack`.
"""
