"""Letters with a door in them: an invitation, or the way to a new password."""

from collections.abc import Callable

from chalicelib.contact.model import Addressee, ContactLine, Letter, LineState
from chalicelib.contact.service.post import keep_line, not_sent, send_letter
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound, TooMany
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.log import log
from chalicelib.foundation.settings import settings
from chalicelib.practice import service as practice
from chalicelib.practice.model import Person, Practice, Purpose

_INVITATION = "Invitation"
_AUTHENTICATOR = "Your authenticator was reset"
_PASSKEY = "A passkey was added"
_NEW_PASSWORD = "A new password"  # noqa: S105 - what the letter is
_CHANGED_PASSWORD = "Your password was changed"  # noqa: S105 - what the letter is


def invite(call: Call, person_id: PersonId) -> None:
    """Make sure that somebody has an account, and send them a door to it. The logs of their clients say so, and
    of the staff the practice's page does where it could not be sent."""
    write = call.write()
    try:
        person = practice.ensure_sign_in(call, person_id)
    except NotFound:
        write.commit()
        return
    except practice.AddressTaken:
        person = practice.person(call, person_id)
        line = not_sent(call, _INVITATION, person.name, "This address is in use for a sign-in at another practice.")
    else:
        token = practice.make_door(call, person_id, Purpose.INVITATION)
        at = practice.practice(call)
        line = send_letter(call, _invitation(person, at, token), at.name)
    _say_if_not_sent(line, person_id)
    practice.note_invitation(call, write, person_id, line.why or "")
    for one in person.clients:
        keep_line(write, one.client_id, line)
    write.commit()


def send_new_password(call: Call, person_id: PersonId) -> None:
    """Send somebody who forgot their password a door to a new one; at most three within an hour."""
    try:
        person = practice.ensure_sign_in(call, person_id)
        token = practice.make_door(call, person_id, Purpose.RESET)
    except (NotFound, TooMany, practice.AddressTaken) as refusal:
        log("no letter about a forgotten password", person_id=person_id, problem=refusal.problem_type)
    else:
        at = practice.practice(call)
        _say_if_not_sent(send_letter(call, _new_password(person, at, token), at.name), person_id)
    call.write().commit()


def tell_of_reset(call: Call, person_id: PersonId) -> None:
    """Tell somebody that their authenticator was taken away; if they did not ask for it, they are the first to know."""
    _tell(call, person_id, _reset)


def tell_of_passkey(call: Call, person_id: PersonId) -> None:
    """Tell somebody that a passkey signs them in from now on; if they did not add it, they are the first to know."""
    _tell(call, person_id, _passkey)


def tell_of_password(call: Call, person_id: PersonId) -> None:
    """Tell somebody that their password is another one now; if they did not change it, they are the first to know."""
    _tell(call, person_id, _changed_password)


def _tell(call: Call, person_id: PersonId, letter: Callable[[Person, Practice], Letter]) -> None:
    try:
        person = practice.person(call, person_id)
    except NotFound as refusal:
        log("no letter about a sign-in", person_id=person_id, problem=refusal.problem_type)
    else:
        at = practice.practice(call)
        _say_if_not_sent(send_letter(call, letter(person, at), at.name), person_id)
    call.write().commit()


def _say_if_not_sent(line: ContactLine, person_id: PersonId) -> None:
    if line.state is LineState.NOT_SENT:
        log("a letter was not sent", person_id=person_id, reason=line.why)


def _invitation(person: Person, at: Practice, token: str) -> Letter:
    return Letter(
        to=Addressee(name=person.name, email=person.email),
        what=_INVITATION,
        subject=f"Your sign-in at {at.name}",
        lines=(
            f"{at.name} has set up a sign-in for you. Choose a password, and you are in.",
            "The link works once, within 7 days. After that, the practice can send you another.",
        ),
        button_label="Choose a password",
        button_url=_door(token),
        why=f"You get this because {at.name} entered this address. If that is a mistake, leave it: nothing happens.",
    )


def _new_password(person: Person, at: Practice, token: str) -> Letter:
    return Letter(
        to=Addressee(name=person.name, email=person.email),
        what=_NEW_PASSWORD,
        subject=f"A new password for {at.name}",
        lines=(
            "Choose a new password with this link. It works once, within 2 hours.",
            "Until you do, the old one goes on working.",
        ),
        button_label="Choose a new password",
        button_url=_door(token),
        why="You get this because somebody entered this address under “Forgotten password”. "
        "If it was not you, leave it: nothing happens.",
    )


def _reset(person: Person, at: Practice) -> Letter:
    return _about_sign_in(
        person,
        _AUTHENTICATOR,
        f"Your authenticator for {at.name} was reset",
        "The authenticator of your sign-in was reset, and every browser was signed out.",
        "At your next sign-in, after the password, you set up a new one. It takes two minutes and a phone.",
        f"If you did not ask for this, choose a new password now and tell {at.name}.",
    )


def _passkey(person: Person, at: Practice) -> Letter:
    return _about_sign_in(
        person,
        _PASSKEY,
        f"A passkey was added to your sign-in at {at.name}",
        "From now on you can sign in with the passkey that was just added. Your password goes on working too.",
        "Under “Where you are signed in” you see your passkeys, and can remove each.",
        f"If this was not you, remove it there, choose a new password, and tell {at.name}.",
    )


def _changed_password(person: Person, at: Practice) -> Letter:
    return _about_sign_in(
        person,
        _CHANGED_PASSWORD,
        f"Your password for {at.name} was changed",
        "The password of your sign-in was changed, and every other browser was signed out.",
        f"If this was not you, choose a new one now with “Forgotten password”, and tell {at.name}.",
        button=("Choose a new password", "/forgotten"),
    )


def _about_sign_in(
    person: Person, what: str, subject: str, *lines: str, button: tuple[str, str] = ("Sign in", "/sign-in")
) -> Letter:
    label, path = button
    return Letter(
        to=Addressee(name=person.name, email=person.email),
        what=what,
        subject=subject,
        lines=lines,
        button_label=label,
        button_url=f"{settings().site_origin}{path}",
        why="You get this because it is about your own sign-in.",
    )


def _door(token: str) -> str:
    return f"{settings().site_origin}/door#{token}"
