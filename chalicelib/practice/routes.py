"""HTTP for people: sign-in, doors, the practice, staff, clients, guardians, the audit trail."""

from chalice import Blueprint

from chalicelib.foundation.call import Call
from chalicelib.foundation.cookies import cookie
from chalicelib.foundation.http import Answer, Nothing, before_an_owner_changes, endpoint
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.source import source
from chalicelib.practice import service
from chalicelib.practice.model.passkeys import PasskeyId
from chalicelib.practice.model.sessions import SessionId, device
from chalicelib.practice.permissions import EVERYONE, OWNERS, STAFF, Action, roles_for
from chalicelib.practice.shapes import (
    AddPasskey,
    AuditPage,
    ClientChange,
    ClientDetails,
    ClientPage,
    ClientView,
    DoorOpening,
    DoorToken,
    DoorView,
    Entrance,
    ForgottenPassword,
    GuardianDetails,
    PasskeyLine,
    PasskeyList,
    PasskeyOptions,
    PasswordChange,
    PersonView,
    PracticeSettings,
    PracticeView,
    Session,
    SessionList,
    ShownCode,
    ShownPasskey,
    SignIn,
    SignInWays,
    StaffInvitation,
    WithPasskey,
)

ROUTES = Blueprint(__name__)


before_an_owner_changes(service.stand_as_owner)


def _cookie(wanted: str = service.COOKIE) -> str:
    return cookie(ROUTES.current_request, wanted)


def _device() -> str:
    return device(ROUTES.current_request.headers.get("user-agent", ""))


def _source() -> str:
    return source(ROUTES.current_request.context, ROUTES.current_request.headers)


def _came(call: Call, entered: service.Entered) -> Answer:
    if entered.entrance.session:
        service.end_earlier(call, _cookie())
    return Answer(entered.entrance, cookies=entered.cookies)


@endpoint(ROUTES, "POST", "/api/session", takes=SignIn, answers=Entrance, roles=None, guarded=True)
def sign_in(call: Call, body: SignIn) -> Answer:
    """Sign in with address and password; the staff's next step is a code."""
    entered = service.sign_in(call, body, _device(), _source())
    return _came(call, entered)


@endpoint(ROUTES, "POST", "/api/session/code", takes=ShownCode, answers=Entrance, roles=None, guarded=True)
def show_code(call: Call, body: ShownCode) -> Answer:
    """Show an authenticator's code: the next step after the password."""
    entered = service.show_code(call, body.code, _cookie(service.STEP_COOKIE), _source())
    return _came(call, entered)


@endpoint(ROUTES, "GET", "/api/session/ways", answers=SignInWays, roles=None)
def see_ways(_call: Call) -> SignInWays:
    """See what the sign-in page may offer beside the password."""
    return service.ways()


@endpoint(
    ROUTES, "POST", "/api/session/passkey/options", takes=WithPasskey, answers=PasskeyOptions, roles=None, guarded=True
)
def ask_for_passkey(call: Call, body: WithPasskey) -> Answer:
    """Ask for a passkey of an address; the answer is of the same form for every address."""
    options, kept = service.ask_for_passkey(call, body, _source())
    return Answer(options, cookies=(kept,))


@endpoint(ROUTES, "POST", "/api/session/passkey", takes=ShownPasskey, answers=Entrance, roles=None, guarded=True)
def show_passkey(call: Call, body: ShownPasskey) -> Answer:
    """Sign in with what a passkey signed."""
    entered = service.show_passkey(call, body.credential, _cookie(service.PASSKEY_COOKIE), _device(), _source())
    return _came(call, entered)


@endpoint(ROUTES, "GET", "/api/session/passkeys", answers=PasskeyList, roles=EVERYONE)
def list_passkeys(call: Call) -> PasskeyList:
    """See one's own passkeys."""
    return service.list_passkeys(call)


@endpoint(ROUTES, "POST", "/api/session/passkeys/options", takes=AddPasskey, answers=PasskeyOptions, roles=EVERYONE)
def ask_for_new_passkey(call: Call, body: AddPasskey) -> PasskeyOptions:
    """Begin to add a passkey, with the password."""
    return service.ask_for_new(call, body.password, _cookie(), _source())


@endpoint(
    ROUTES,
    "POST",
    "/api/session/passkeys",
    takes=ShownPasskey,
    answers=PasskeyLine,
    roles=EVERYONE,
    creates=True,
    status=201,
)
def add_passkey(call: Call, body: ShownPasskey) -> PasskeyLine:
    """Add the passkey that the browser made."""
    return service.add_passkey(call, body.credential, _cookie(), _device())


@endpoint(ROUTES, "DELETE", "/api/session/passkeys/{passkey_id}", answers=Nothing, roles=EVERYONE)
def remove_passkey(call: Call, passkey_id: str) -> Nothing:
    """Remove one of one's own passkeys."""
    service.remove_passkey(call, PasskeyId(passkey_id), _cookie())
    return Nothing()


@endpoint(ROUTES, "POST", "/api/session/password", takes=PasswordChange, answers=Nothing, roles=EVERYONE, creates=True)
def change_password(call: Call, body: PasswordChange) -> Nothing:
    """Change one's own password, with the present one; every other session of one's own ends."""
    return service.change_password(call, body, _cookie(), _source())


@endpoint(ROUTES, "POST", "/api/session/refresh", answers=Session, roles=None)
def refresh_session(call: Call) -> Session:
    """Go on with the session that the cookie keeps."""
    return service.refresh_session(call, _cookie())


@endpoint(ROUTES, "GET", "/api/session", answers=SessionList, roles=EVERYONE)
def list_sessions(call: Call) -> SessionList:
    """See where one is signed in."""
    return service.list_sessions(call, _cookie())


@endpoint(ROUTES, "DELETE", "/api/session/others", answers=Nothing, roles=EVERYONE)
def end_other_sessions(call: Call) -> Nothing:
    """Sign out everywhere but here."""
    service.end_other_sessions(call, _cookie())
    return Nothing()


@endpoint(ROUTES, "DELETE", "/api/session/{session_id}", answers=Nothing, roles=EVERYONE)
def end_session(call: Call, session_id: str) -> Nothing:
    """Sign out at one browser of one's own."""
    service.end_session(call, SessionId(session_id))
    return Nothing()


@endpoint(ROUTES, "DELETE", "/api/session", answers=Nothing, roles=None)
def sign_out(call: Call) -> Answer:
    """Sign out here."""
    return Answer(Nothing(), cookies=(service.sign_out(call, _cookie()),))


@endpoint(ROUTES, "DELETE", "/api/sessions", answers=Nothing, roles=EVERYONE)
def sign_out_everywhere(call: Call) -> Answer:
    """Sign out on every device."""
    return Answer(Nothing(), cookies=(service.sign_out_everywhere(call),))


@endpoint(
    ROUTES,
    "POST",
    "/api/password/forgotten",
    takes=ForgottenPassword,
    answers=Nothing,
    roles=None,
    guarded=True,
    status=202,
)
def forgot_password(call: Call, body: ForgottenPassword) -> Nothing:
    """Ask for a link to choose a new password; the answer is the same for every address."""
    service.forgot_password(call, body.email, body.press)
    return Nothing()


@endpoint(ROUTES, "POST", "/api/doors/look", takes=DoorToken, answers=DoorView, roles=None, guarded=True)
def look_at_door(call: Call, body: DoorToken) -> DoorView:
    """See whose invitation or reset a link is; changes nothing."""
    return service.look_at_door(call, body.token)


@endpoint(ROUTES, "POST", "/api/doors/open", takes=DoorOpening, answers=Entrance, roles=None, guarded=True)
def open_door(call: Call, body: DoorOpening) -> Answer:
    """Choose a password behind an invitation or reset link, and sign in with it."""
    entered = service.open_door(call, body.token, body.password, _device())
    return _came(call, entered)


@endpoint(ROUTES, "GET", "/api/practice", answers=PracticeView, roles=STAFF)
def see_practice(call: Call) -> Answer:
    """See the practice, its settings and its staff."""
    return Answer(*service.see_practice(call))


@endpoint(ROUTES, "PUT", "/api/practice", takes=PracticeSettings, answers=PracticeView, roles=OWNERS, updates=True)
def change_practice(call: Call, body: PracticeSettings) -> Answer:
    """Change the practice's settings."""
    return Answer(*service.change_practice(call, body))


@endpoint(
    ROUTES,
    "POST",
    "/api/people",
    takes=StaffInvitation,
    answers=PersonView,
    roles=OWNERS,
    creates=True,
    starts=True,
    status=201,
)
def invite_staff(call: Call, body: StaffInvitation) -> PersonView:
    """Invite an owner or a therapist."""
    return service.invite_staff(call, body)


@endpoint(
    ROUTES, "POST", "/api/people/{person_id}/invitation", answers=Nothing, roles=OWNERS, creates=True, starts=True
)
def invite_again(call: Call, person_id: str) -> Nothing:
    """Send an invitation again."""
    service.invite_again(call, PersonId(person_id))
    return Nothing()


@endpoint(ROUTES, "DELETE", "/api/people/{person_id}/authenticator", answers=PersonView, roles=OWNERS)
def reset_authenticator(call: Call, person_id: str) -> PersonView:
    """Take a lost authenticator away; its person sets up another at the next sign-in."""
    return service.reset_authenticator(call, PersonId(person_id))


@endpoint(ROUTES, "DELETE", "/api/people/{person_id}/sessions", answers=Nothing, roles=OWNERS)
def end_sessions_of(call: Call, person_id: str) -> Nothing:
    """Sign somebody of the practice out on every device: a client or guardian who lost a phone, or one of the staff."""
    return service.end_sessions_of(call, PersonId(person_id))


@endpoint(ROUTES, "DELETE", "/api/people/{person_id}", answers=Nothing, roles=OWNERS)
def take_out(call: Call, person_id: str) -> Nothing:
    """Take somebody out of the staff, who then signs in as such no more."""
    return service.take_out(call, PersonId(person_id))


@endpoint(ROUTES, "GET", "/api/clients", answers=ClientPage, roles=STAFF, query=("after",))
def list_clients(call: Call, after: str | None) -> ClientPage:
    """List the clients by name: an owner sees the practice's, a therapist their own."""
    return service.list_clients(call, after)


@endpoint(
    ROUTES,
    "POST",
    "/api/clients",
    takes=ClientDetails,
    answers=ClientView,
    roles=STAFF,
    creates=True,
    starts=True,
    status=201,
)
def add_client(call: Call, body: ClientDetails) -> Answer:
    """Add a client, and invite who signs in for them."""
    return Answer(service.add_client(call, body), version=1)


@endpoint(
    ROUTES, "GET", "/api/clients/{client_id}", answers=ClientView, roles=roles_for(Action.SEE_CARD), sees="the card"
)
def see_client(call: Call, client_id: str) -> Answer:
    """See a client's card."""
    return Answer(*service.see_client(call, ClientId(client_id)))


@endpoint(
    ROUTES,
    "PUT",
    "/api/clients/{client_id}",
    takes=ClientChange,
    answers=ClientView,
    roles=roles_for(Action.CHANGE_CARD),
    updates=True,
)
def change_client(call: Call, body: ClientChange, client_id: str) -> Answer:
    """Change a client's name, time zone or therapists."""
    return Answer(*service.change_client(call, ClientId(client_id), body))


@endpoint(
    ROUTES,
    "POST",
    "/api/clients/{client_id}/guardians",
    takes=GuardianDetails,
    answers=ClientView,
    roles=roles_for(Action.CHANGE_CARD),
    creates=True,
    starts=True,
)
def add_guardian(call: Call, body: GuardianDetails, client_id: str) -> Answer:
    """Let somebody act for a client."""
    return Answer(*service.add_guardian(call, ClientId(client_id), body))


@endpoint(
    ROUTES,
    "DELETE",
    "/api/clients/{client_id}/guardians/{person_id}",
    answers=ClientView,
    roles=roles_for(Action.CHANGE_CARD),
    updates=True,
)
def remove_guardian(call: Call, client_id: str, person_id: str) -> Answer:
    """End somebody's acting for a client, at once."""
    return Answer(*service.remove_guardian(call, ClientId(client_id), PersonId(person_id)))


@endpoint(ROUTES, "GET", "/api/audit", answers=AuditPage, roles=OWNERS, query=("since", "until", "after"))
def read_practice_trail(call: Call, since: str | None, until: str | None, after: str | None) -> AuditPage:
    """Read who did and saw what in the practice, newest first."""
    return service.read_practice_trail(call, since, until, after)


@endpoint(
    ROUTES,
    "GET",
    "/api/clients/{client_id}/audit",
    answers=AuditPage,
    roles=roles_for(Action.SEE_TRAIL),
    query=("since", "until", "after"),
    sees="who had seen the record",
)
def read_client_trail(call: Call, client_id: str, since: str | None, until: str | None, after: str | None) -> AuditPage:
    """Read who saw and who changed a client's record, newest first."""
    return service.read_client_trail(call, ClientId(client_id), since, until, after)
