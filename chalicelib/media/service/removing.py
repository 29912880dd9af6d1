"""Recordings that go: what nothing shows any more, and everything of a client who is erased."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import ClientId, PracticeId, RecordingId
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.media.model import Home, Recording, next_look
from chalicelib.media.store import files, removal
from chalicelib.media.store.recordings import RecordingStore


class ClientFile(NamedTuple):
    """A file of a client's recording: the original or, where that is not kept, what plays."""

    recording_id: RecordingId
    bucket: str
    key: str
    size: int


def release(write: Write, client_id: ClientId, recording_ids: Iterable[RecordingId]) -> None:
    """Tell, in the caller's write, that nothing shows some recordings any more. They are kept for another week."""
    for recording_id in recording_ids:
        write.tell("recording.released", client_id=client_id, recording_id=recording_id)


def released(call: Call, client_id: ClientId, recording_id: RecordingId) -> None:
    """Note that nothing shows a recording any more, and when it goes. One that was given up has gone already."""
    found = RecordingStore(call.table).get(client_id, recording_id)
    write = call.write()
    if found:
        recording = msgspec.structs.replace(found.value, released_at=call.now)
        write.replace(found, recording, due_at=next_look(recording, call.now))
    write.commit()


def remove(call: Call, stored: Stored[Recording]) -> None:
    """Remove a recording's bytes, then its row: after a crash in between it is found due again."""
    removal.remove_all(stored.value.key)
    write = call.write()
    write.remove(stored)
    write.commit()


def remove_library_file(call: Call, recording_id: RecordingId) -> None:
    """Remove the bytes of a file that was taken out of the library."""
    removal.remove_all(files.upload_key(call.actor.practice_id, Home(), recording_id))
    call.write().commit()


def remove_client_files(practice_id: PracticeId, client_id: ClientId) -> Iterator[int]:
    """Remove all the bytes that a client sent, and what was made of them; yield how many after each thousand.

    Every version goes. Safe to stop and to begin anew: what is gone is not found again.
    """
    prefix = removal.client_prefix(practice_id, client_id)
    removal.give_up_uploads(prefix)
    for bucket, place in removal.places_of(prefix):
        while removed := removal.remove_some(bucket, place):
            yield removed


def remove_below(prefix: str) -> None:
    """Remove every version of what lies in the media bucket under a prefix."""
    while removal.remove_some(settings().media_bucket, prefix):
        pass


def client_files(practice_id: PracticeId, client_id: ClientId) -> Iterator[ClientFile]:
    """Go through the files of a client's recordings, one for each: as it was sent or, if that went, as it plays."""
    prefix = removal.client_prefix(practice_id, client_id)
    uploads, media = removal.buckets()
    sent: set[RecordingId] = set()
    for kept in removal.listed(uploads, prefix):
        recording_id = files.made_from(kept.key).recording_id
        sent.add(recording_id)
        yield ClientFile(recording_id, uploads, kept.key, kept.size)
    for kept in removal.listed(media, prefix):
        recording_id = files.made_from(kept.key).recording_id
        if recording_id not in sent and kept.key.rpartition("/")[2] not in files.BESIDE:
            sent.add(recording_id)
            yield ClientFile(recording_id, media, kept.key, kept.size)


def files_below(prefix: str) -> Iterator[tuple[str, removal.Kept]]:
    """Go through what lies in the media bucket under a prefix, each with the bucket's name."""
    bucket = settings().media_bucket
    for kept in removal.listed(bucket, prefix):
        yield bucket, kept


def original_files(practice_id: PracticeId, before: datetime, after: str, at_most: int) -> tuple[list[str], str]:
    """Find originals of clients that are older than a moment, looking at so many files after a key at most.

    Return their keys, and the key up to which it was looked: empty at the end.
    """
    looked = removal.listed_after(settings().uploads_bucket, f"{practice_id}/client/", after, at_most)
    return [kept.key for kept in looked if kept.at < before], looked[-1].key if len(looked) == at_most else ""


def client_of_original(key: str) -> ClientId:
    """Tell whose an original file is."""
    client_id = files.read_upload_key(key).home.client_id
    return client_id or ClientId("")


def remove_originals(keys: Collection[str]) -> None:
    """Remove original files, every version of them. What plays stays."""
    for key in keys:
        while removal.remove_some(settings().uploads_bucket, key):
            pass
