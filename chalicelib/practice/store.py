"""Where people lie in the table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib.foundation import aws, places
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.events import AUDIT, Entry
from chalicelib.foundation.ids import ClientId, PersonId, digest
from chalicelib.foundation.once import once_for_request
from chalicelib.foundation.places import CLIENTS, DOORS, PEOPLE, PRACTICE
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Key, Rows, Stored, Table
from chalicelib.practice import model
from chalicelib.practice.model import (
    CARD,
    DOOR,
    DOOR_LOG,
    EMAIL,
    PERSON,
    STAFF_LINE,
    Card,
    ClientLine,
    Door,
    DoorLog,
    Person,
    Practice,
    StaffLine,
    sort_name,
)
from chalicelib.practice.model.chain import HEAD, LINK, Head, Seal
from chalicelib.practice.model.passkeys import PASSKEY, PASSKEY_STEP, Passkey, PasskeyStep
from chalicelib.practice.model.sessions import SIGNED_IN, STEP, USED_CODES, SessionId, SignedIn, Step, UsedCodes

_STAFF = "staff#"
_LINE = "client#"
_SESSION = "session#"
_STEPS = "sign_in_steps"


def person_key(person_id: PersonId) -> Key:
    """Return where a person lies."""
    return Key(PEOPLE, f"person#{person_id}")


def email_key(email: str) -> Key:
    """Return where it is said whose an address is."""
    return Key(PEOPLE, f"email#{digest(email)}")


def staff_key(person_id: PersonId) -> Key:
    """Return where a staff member's line lies: beside the practice, so that one query shows both."""
    return Key("", f"{_STAFF}{person_id}")


def door_key(secret: str) -> Key:
    """Return where a door lies, of which only the hash of its secret is kept."""
    return Key(DOORS, digest(secret))


def door_log_key(person_id: PersonId) -> Key:
    """Return where it is kept how many doors a person was lately sent."""
    return Key(DOORS, f"made#{person_id}")


def session_key(person_id: PersonId, session_id: str) -> Key:
    """Return where a session lies: with the person's others and their used codes, so that one query finds all."""
    return Key(_signing_in(person_id), f"{_SESSION}{session_id}")


def passkey_key(person_id: PersonId, passkey_id: str) -> Key:
    """Return where a passkey lies: with the person's sessions."""
    return Key(_signing_in(person_id), f"passkey#{passkey_id}")


def passkey_step_key(secret: str) -> Key:
    """Return where it lies that a passkey was asked for; of its secret only the hash is kept."""
    return Key(f"passkey_step#{digest(secret)}", "step")


def used_codes_key(person_id: PersonId) -> Key:
    """Return where a person's used codes lie."""
    return Key(_signing_in(person_id), "codes")


def step_key(secret: str) -> Key:
    """Return where the step between password and code lies, of whose secret only the hash is kept."""
    return Key(_STEPS, digest(secret))


def _signing_in(person_id: PersonId) -> str:
    return f"signing_in#{person_id}"


def parts_of_people(gone: Sequence[PersonId], others: Sequence[PersonId]) -> list[str]:
    """Name the parts in which something can lie of people who go, or in the answers that were kept for others."""
    signing_in = [_signing_in(one) for one in gone]
    return [DOORS, _STEPS, *signing_in, *(once_for_request(one, "", "").key.part for one in (*gone, *others))]


def line_keys(card: Card) -> list[Key]:
    """Return where a client's lines lie: in the practice's list and in each therapist's."""
    line = f"{sort_name(card.name)}#{card.client_id}"
    return [Key(CLIENTS, line), *(Key(places.therapist(one.person_id), f"{_LINE}{line}") for one in card.therapists)]


class PracticePage(NamedTuple):
    """The practice with its staff, as one query finds them; those who were taken out are there without a role."""

    practice: Stored[Practice]
    staff: list[StaffLine]


class SignInPage(NamedTuple):
    """Where a person is signed in, the codes that signed them in lately, and their passkeys."""

    sessions: list[Stored[SignedIn]]
    codes: Stored[UsedCodes] | None
    passkeys: list[Stored[Passkey]]

    @property
    def ways_in(self) -> list[Key]:
        """Where the sessions and the passkeys lie: what ends when a person's ways in are taken from them."""
        return [*(row.key for row in self.sessions), *(row.key for row in self.passkeys)]


class SessionPage(NamedTuple):
    """A session with whose it is, as one read finds them."""

    session: Stored[SignedIn] | None
    practice: Practice | None
    person: Person | None


class PracticeStore:
    """People, as one practice sees them."""

    def __init__(self, table: Table) -> None:
        """Bind the store to a practice's view of the table."""
        self._table = table

    def practice(self) -> Stored[Practice] | None:
        """Read the practice."""
        return self._table.get(model.PRACTICE, PRACTICE)

    def page(self) -> PracticePage | None:
        """Read the practice and its staff with one query, where they are not more than a hundred."""
        rows = self._table.query("", PRACTICE.sk, f"{_STAFF}~")
        practice, staff = rows.one(model.PRACTICE), rows.all(STAFF_LINE)
        while rows.after:
            rows = self._table.query("", PRACTICE.sk, f"{_STAFF}~", after=rows.after)
            staff += rows.all(STAFF_LINE)
        return PracticePage(practice, [row.value for row in staff]) if practice else None

    def person(self, person_id: PersonId) -> Stored[Person] | None:
        """Read a person."""
        return self._table.get(PERSON, person_key(person_id))

    def practice_and_people(self, person_ids: Iterable[PersonId]) -> tuple[Practice | None, list[Stored[Person]]]:
        """Read the practice and some people with one call; those who are not there are left out."""
        rows = self._table.get_many([PRACTICE, *(person_key(one) for one in person_ids)])
        practice = rows.one(model.PRACTICE)
        return (practice.value if practice else None), rows.all(PERSON)

    def people(self, person_ids: Iterable[PersonId]) -> dict[PersonId, Stored[Person]]:
        """Read some people with one call; those who are not there are left out."""
        keys = [person_key(one) for one in person_ids]
        found = self._table.get_many(keys).all(PERSON) if keys else []
        return {row.value.person_id: row for row in found}

    def people_at(self, emails: Sequence[str]) -> list[PersonId]:
        """Find whose some addresses are, with one call."""
        rows = self._table.get_many([email_key(one) for one in emails]) if emails else Rows([])
        return [row.value.person_id for row in rows.all(EMAIL)]

    def card(self, client_id: ClientId) -> Stored[Card] | None:
        """Read a client's card."""
        return self._table.get(CARD, places.card(client_id))

    def clients(self, after: str | None) -> tuple[tuple[ClientLine, ...], str | None]:
        """Read a page of all clients, by name."""
        return _lines(self._table.query(CLIENTS, " ", "\U0010ffff", after=after))

    def clients_of(self, person_id: PersonId, after: str | None) -> tuple[tuple[ClientLine, ...], str | None]:
        """Read a page of a therapist's clients, by name."""
        # "$" follows "#": everything that begins with the prefix, whatever its signs.
        return _lines(self._table.query(places.therapist(person_id), _LINE, "client$", after=after))

    def door(self, secret: str) -> Stored[Door] | None:
        """Read the door that a secret opens."""
        return self._table.get(DOOR, door_key(secret))

    def door_log(self, person_id: PersonId) -> Stored[DoorLog] | None:
        """Read how many doors a person was lately sent."""
        return self._table.get(DOOR_LOG, door_log_key(person_id))

    def signing_in(self, person_id: PersonId) -> SignInPage:
        """Read where a person is signed in, with one query."""
        rows = self._table.under(_signing_in(person_id), "")
        return SignInPage(rows.all(SIGNED_IN), rows.one(USED_CODES), rows.all(PASSKEY))

    def session(self, person_id: PersonId, session_id: SessionId) -> SessionPage:
        """Read a session, its person and the practice with one call."""
        rows = self._table.get_many([session_key(person_id, session_id), PRACTICE, person_key(person_id)])
        practice, person = rows.one(model.PRACTICE), rows.one(PERSON)
        return SessionPage(rows.one(SIGNED_IN), practice and practice.value, person and person.value)

    def step(self, secret: str) -> Stored[Step] | None:
        """Read the step that a secret belongs to."""
        return self._table.get(STEP, step_key(secret))

    def passkey_step(self, secret: str) -> Stored[PasskeyStep] | None:
        """Read the asking that a secret belongs to."""
        return self._table.get(PASSKEY_STEP, passkey_step_key(secret))

    def at_address(self, email: str) -> PersonId | None:
        """Find whose an address is."""
        found = self._table.get(EMAIL, email_key(email))
        return found.value.person_id if found else None


class Span(NamedTuple):
    """From when until when; None is from the beginning, and until now."""

    since: datetime | None
    until: datetime | None

    @property
    def keys(self) -> tuple[str, str]:
        """Between which sort keys the entries of the span lie."""
        # A look lies at the beginning of its hour, and a day may begin at half past.
        first = stamp(self.since.replace(minute=0, second=0, microsecond=0)) if self.since else "0"
        return first, stamp(self.until) if self.until else ":"


def chain_head() -> Key:
    """Return where it is said how far the chain over the audit trail goes. Links are sorted before it."""
    return Key(places.CHAIN, "head")


def link_key(sk: str) -> Key:
    """Return where the link of the entry with a sort key lies."""
    return Key(places.CHAIN, sk)


def sealing_key() -> Key:
    """Return where it is said which day is to be sealed next."""
    return Key(places.SEALS, "next")


AUDIT_PAGE = 50
"""Entries; each may name a person and a client, and one call reads a hundred rows (DynamoDB, 2026)."""


class AuditStore:
    """The audit trail and the chain over it, as one practice sees them. Nothing here changes or removes an entry."""

    def __init__(self, table: Table) -> None:
        """Bind the store to a practice's view of the table."""
        self._table = table

    def head(self) -> Stored[Head] | None:
        """Read where the chain ends."""
        return self._table.get(HEAD, chain_head())

    def head_and_links(self, sks: Iterable[str]) -> tuple[Stored[Head] | None, set[str]]:
        """Read where the chain ends, and which of these entries have their link, with one call."""
        rows = self._table.get_many([chain_head(), *(link_key(sk) for sk in sks)])
        return rows.one(HEAD), {row.key.sk for row in rows.all(LINK)}

    def of_client(self, client_id: ClientId, span: Span, after: str | None) -> tuple[list[Entry], str | None]:
        """Read a page of what concerns a client, newest first."""
        part = places.audit(client_id)
        rows = self._table.query(part, *span.keys, newest_first=True, limit=AUDIT_PAGE, after=after)
        return [row.value for row in rows.all(AUDIT)], rows.after

    def of_practice(self, span: Span, after: str | None) -> tuple[list[Entry], str | None]:
        """Read a page of all that is in the chain, newest first, with two calls."""
        rows = self._table.query(places.CHAIN, *span.keys, newest_first=True, limit=AUDIT_PAGE, after=after)
        links = [row.value for row in rows.all(LINK)]
        entries = self._table.get_many([Key(link.part, link.sk) for link in links]) if links else Rows([])
        return [row.value for row in entries.all(AUDIT)], rows.after

    def names(self, people: Iterable[PersonId], clients: Iterable[ClientId]) -> dict[str, str]:
        """Read the names of people and of clients with one call; those who are not there any more have none."""
        keys = [*(person_key(one) for one in people), *(places.card(one) for one in clients)]
        rows = self._table.get_many(keys) if keys else Rows([])
        found: dict[str, str] = {row.value.person_id: row.value.name for row in rows.all(PERSON)}
        return found | {row.value.client_id: row.value.name for row in rows.all(CARD)}

    def keep_seal(self, seal: Seal) -> None:
        """Put a seal into the bucket that lets nobody replace it. The first of a day stays."""
        try:
            aws.client("s3").put_object(
                Bucket=settings().audit_bucket,
                Key=f"{seal.practice_id}/{seal.day}.json",
                Body=msgspec.json.encode(seal),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",  # S3 asks for one where objects are locked (2026)
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise


def _lines(rows: Rows) -> tuple[tuple[ClientLine, ...], str | None]:
    return tuple(row.value for row in rows.all(model.CLIENT_LINE)), rows.after
