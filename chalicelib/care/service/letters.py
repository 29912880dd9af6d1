"""Letters to the client's side: that there is something, and where; never what."""

from typing import NamedTuple

from chalicelib.contact.service import Addressee, Letter, keep_line, not_sent, write_to_side
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.settings import settings
from chalicelib.practice import service as practice
from chalicelib.practice.model import Person, Practice


class _Words(NamedTuple):
    """What a letter says. `path` is where its button leads, with the event's ids in it."""

    what: str
    subject: str
    line: str
    button: str
    path: str


_LETTERS = {
    "answer": _Words(
        what="An answer",
        subject="There is an answer for you",
        line="There is an answer for you. It stays where it is, for whenever you have time.",
        button="Read the answer",
        path="/submissions/{submission_id}",
    ),
    "taken-back": _Words(
        what="Something to send again",
        subject="Part of what you sent did not arrive",
        line="Your therapist could not receive part of what you sent. Please open it. Everything else is kept.",
        button="Open it",
        path="/lessons/{enrolment_id}/{number}",
    ),
    "opened": _Words(
        what="Something is open",
        subject="Something is open for you",
        line="Your therapist has opened the next step. It is there when you are.",
        button="Open it",
        path="/lessons/{enrolment_id}/{number}",
    ),
}


def tell_side(call: Call, about: str, client_id: ClientId, **ids: str) -> None:
    """Have a letter sent to the client, where they sign in themselves, and to each guardian.

    Each letter is an event of its own, so that one that fails is tried again without the others.
    """
    side = practice.addressees(call, client_id).client_side
    write = call.write()
    for person in side:
        write.tell("letter.wanted", about=about, client_id=client_id, person_id=person.person_id, **ids)
    if not side:
        why = "Nobody signs in for this client, so nobody was told."
        keep_line(write, client_id, not_sent(call, _LETTERS[about].what, "", why))
    write.commit()


def send_to_person(call: Call, about: str, client_id: ClientId, person_id: PersonId, **ids: str) -> None:
    """Send one letter to one person, and note in the client's log what came of it."""
    words = _LETTERS[about]

    def letter(person: Person, _at: Practice) -> Letter:
        return Letter(
            to=Addressee(name=person.name, email=person.email),
            what=words.what,
            subject=words.subject,
            lines=(words.line,),
            button_label=words.button,
            button_url=f"{settings().site_origin}{words.path.format(**ids)}?for={client_id}",
            why="You get this because you work with this practice, for yourself or for somebody in your care.",
        )

    write_to_side(call, client_id, person_id, words.what, letter)
