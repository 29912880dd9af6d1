"""Sending a letter, and the line that says what came of it."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.contact.letters import compose
from chalicelib.contact.model import CONTACT_LINE, ContactLine, Letter, LineState
from chalicelib.contact.store import line_key
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.mail import Post, send
from chalicelib.foundation.write import Write
from chalicelib.practice import service as practice
from chalicelib.practice.model import Person, Practice

# SES v2 API reference, SendEmail, errors (2026). Everything else may go better the next time.
_REFUSED_FOR_GOOD = frozenset({"MessageRejected", "BadRequestException"})
# SES says this, with the same code, of a sender that is not set up: our fault, and mended without the addressee.
_OUR_FAULT = "not verified"


def send_letter(call: Call, letter: Letter, practice_name: str, post: Post = send) -> ContactLine:
    """Send a letter in a practice's name and return the line for the log, which the caller keeps with `keep_line`.

    An address that SES refuses for good gives a line that says so. Anything that may pass raises botocore's
    ClientError, so that the queue tries again. A crash before the caller's commit sends the letter again.
    """
    try:
        post(compose(letter, practice_name))
    except ClientError as error:
        if not _for_good(error):
            raise
        return not_sent(call, letter.what, letter.to.name, "The mail service does not accept this address.")
    return ContactLine(at=call.now, what=letter.what, to_name=letter.to.name, state=LineState.SENT)


def write_to_side(
    call: Call, client_id: ClientId, person_id: PersonId, what: str, letter: Callable[[Person, Practice], Letter]
) -> None:
    """Send one person of a client's side a letter, and note in the client's log what came of it.

    Somebody who does not act for the client any more when their letter is due, or is not there, gets none: `what` it
    would have been is noted. Raise what send_letter raises.
    """
    about = practice.addressees(call, client_id)
    person = next((one for one in about.client_side if one.person_id == person_id), None)
    if person:
        line = send_letter(call, letter(person, about.practice), about.practice.name)
    else:
        line = not_sent(call, what, "", "The person it was for does not act for this client any more.")
    write = call.write()
    keep_line(write, client_id, line)
    write.commit()


def _for_good(error: ClientError) -> bool:
    problem = error.response.get("Error", {})
    return problem.get("Code") in _REFUSED_FOR_GOOD and _OUR_FAULT not in problem.get("Message", "")


def not_sent(call: Call, what: str, to_name: str, why: str) -> ContactLine:
    """Return the line of a letter that did not go out, with the reason as a sentence."""
    return ContactLine(at=call.now, what=what, to_name=to_name, state=LineState.NOT_SENT, why=why)


def keep_line(write: Write, client_id: ClientId, line: ContactLine) -> None:
    """Add a line to a client's log, as a part of a write."""
    write.add(CONTACT_LINE, line_key(client_id, line), line)
