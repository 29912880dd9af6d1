"""Saves the emulator's state every two seconds while something goes on, and once more at its stop."""

import asyncio
import contextlib
import logging

from infra.emulator import aws
from infra.emulator.mailbox import Mailbox
from infra.emulator.saves import Saves

SAVE_EVERY = 2.0  # seconds
# Things go on by themselves for a while after a request: queues are read, functions run.
SETTLES_FOR = 10.0  # seconds

log = logging.getLogger("keeper")


class Keeper:
    """The saver of one emulator. All its calls are made on the event loop."""

    def __init__(self, saves: Saves, mailbox: Mailbox) -> None:
        """Nothing is saved before `start`."""
        self._saves = saves
        self._mailbox = mailbox
        self._last_change = 0.0
        self._saving: asyncio.Task[None] | None = None

    def note_change(self) -> None:
        """Say that a request may have changed something."""
        self._last_change = asyncio.get_running_loop().time()

    def start(self) -> None:
        """Begin, once the emulator has read its state."""
        aws.restore_streams()
        self._saving = asyncio.create_task(self._keep_saving())

    async def stop(self) -> None:
        """Save a last time."""
        if self._saving:
            self._saving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._saving
        await self._save()

    async def _keep_saving(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(SAVE_EVERY)
            if clock() - self._last_change > SETTLES_FOR:
                continue
            try:
                await self._save()
            except Exception:  # a full disk, a dictionary that a poller changed: the next save is two seconds away
                log.exception("The state was not saved; it is tried again in %s seconds.", SAVE_EVERY)

    async def _save(self) -> None:
        self._mailbox.take(aws.sent_mail())
        copied = aws.state()  # here, on the loop, so that it is of one moment; the slow rest may take its time
        await asyncio.to_thread(lambda: self._saves.write(aws.encode(copied)))
