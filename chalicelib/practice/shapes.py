"""What goes in and out over HTTP about people, and what the operator sends."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import NO_LONGER_THAN_AN_ID, ClientId, PersonId, PracticeId
from chalicelib.foundation.money import Currency
from chalicelib.practice.model import ActsFor, ClientLine, Email, Name, Named, PersonState, Practice, Purpose, TimeZone
from chalicelib.practice.model.passkeys import PasskeyId
from chalicelib.practice.model.sessions import SessionId, StepKind

Password = Annotated[str, msgspec.Meta(max_length=256)]
Token = Annotated[str, msgspec.Meta(max_length=200)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=336)]
Therapists = Annotated[tuple[Annotated[PersonId, NO_LONGER_THAN_AN_ID], ...], msgspec.Meta(max_length=10)]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Email
    password: Password


class MyPractice(msgspec.Struct, frozen=True, kw_only=True):
    practice_id: PracticeId
    name: str
    time_zone: str
    currency: Currency


class Me(msgspec.Struct, frozen=True, kw_only=True):
    person_id: PersonId
    name: str
    email: str
    roles: tuple[Role, ...]
    practice: MyPractice
    clients: tuple[ActsFor, ...]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    id_token: str
    expires_in_s: int
    person: Me


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """What is still missing after the password. `key` and `uri` are those of a new authenticator: the same secret
    to type (base32) and to draw as a QR code; nothing shows them again."""

    kind: StepKind
    until: datetime
    key: str | None = None
    uri: str | None = None


class Entrance(msgspec.Struct, frozen=True, kw_only=True):
    """Either `session`, or the `step` that leads to it."""

    session: Session | None = None
    step: NextStep | None = None


class ShownCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


WebAuthn = Annotated[str, msgspec.Meta(max_length=20_000, description="JSON, as WebAuthn's own toJSON writes it")]


class SignInWays(msgspec.Struct, frozen=True, kw_only=True):
    """What the sign-in page may offer beside the password."""

    passkeys: bool


class WithPasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Email


class PasskeyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser is to do, as JSON for `parseRequestOptionsFromJSON` or `parseCreationOptionsFromJSON`."""

    options: str


class ShownPasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    credential: WebAuthn


class AddPasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    password: Password


class PasskeyLine(msgspec.Struct, frozen=True, kw_only=True):
    passkey_id: PasskeyId
    device: str
    added_on: date
    last_used_on: date | None


class PasskeyList(msgspec.Struct, frozen=True, kw_only=True):
    """One's own passkeys; `offered` says whether any can be added."""

    offered: bool
    passkeys: tuple[PasskeyLine, ...]


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One browser. `here` is the one that asks."""

    session_id: SessionId
    device: str
    since: datetime
    last_used_on: date
    here: bool


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    sessions: tuple[SessionLine, ...]


class ForgottenPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Email
    press: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")] | None = None
    """Made by chance for a press, and sent again where no answer came: one press brings one letter."""


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`password` is the present one."""

    password: Password
    new_password: Password


class DoorToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Token


class DoorView(msgspec.Struct, frozen=True, kw_only=True):
    purpose: Purpose
    practice_name: str
    name: str
    email_hint: str


class DoorOpening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Token
    password: Password


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    person_id: PersonId
    name: str
    email: str
    roles: tuple[Role, ...]
    state: PersonState
    has_authenticator: bool
    invitation_trouble: str
    """Why the last invitation could not be sent; empty where it could."""


class PracticeView(msgspec.Struct, frozen=True, kw_only=True):
    practice: Practice
    staff: tuple[PersonView, ...]


class PracticeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    time_zone: TimeZone
    answer_within_hours: Hours
    review_links_need_sign_in: bool
    longest_recording_minutes: Annotated[int, msgspec.Meta(ge=20, le=120)] | None = None
    """None leaves it as it is."""


class StaffInvitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    email: Email
    roles: Annotated[frozenset[Literal["owner", "therapist"]], msgspec.Meta(min_length=1)]


class ClientPage(msgspec.Struct, frozen=True, kw_only=True):
    clients: tuple[ClientLine, ...]
    after: str | None


class GuardianDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    email: Email


class ClientDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    time_zone: TimeZone
    email: Email | None = None
    guardians: Annotated[tuple[GuardianDetails, ...], msgspec.Meta(max_length=8)] = ()
    therapist_ids: Therapists = ()


class ClientChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    time_zone: TimeZone
    therapist_ids: Therapists


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    name: str
    time_zone: str
    therapists: tuple[Named, ...]
    guardians: tuple[Named, ...]
    own: Named | None
    since: datetime


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`name` and `client_name` are None for somebody who was erased."""

    at: datetime
    person_id: PersonId
    name: str | None
    action: str
    client_id: ClientId | None
    client_name: str | None


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[AuditEntry, ...]
    after: str | None


class FoundPractice(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do", tag="found_practice"
):
    """The operator's order. The same `key` founds one practice, however often it comes; without
    one, the same name and owner do."""

    key: Annotated[str, msgspec.Meta(max_length=64)] = ""
    name: Name
    time_zone: TimeZone
    currency: Currency
    owner_name: Name
    owner_email: Email


class ResetAuthenticator(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do", tag="reset_authenticator"
):
    """The operator's order for somebody whose authenticator is lost, an owner above all."""

    practice_id: PracticeId
    email: Email


class Founded(msgspec.Struct, frozen=True, kw_only=True):
    practice_id: PracticeId
    owner_id: PersonId
