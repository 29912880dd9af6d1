"""Accounts: what Cognito keeps of a person, and the only place that knows it.

An account's name is our person's id. The mail address is a verified alias by which it signs in; the
practice and the person stand in attributes that nobody can change; the groups are the person's roles,
those of staff once they have an authenticator.
"""

import base64
import hmac
from typing import Any, NamedTuple

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.foundation.actor import Role
from chalicelib.foundation.aws import client
from chalicelib.foundation.errors import Conflict, Invalid, SignedOut, TooMany
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.foundation.log import log
from chalicelib.foundation.settings import settings
from chalicelib.practice.model import Person
from chalicelib.practice.model.sessions import granted

_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"})
_NOT_IN = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
    }
)
_LOCKED = "attempts exceeded"
_REFUSED = frozenset(
    {"InvalidPasswordException", "InvalidParameterException", "PasswordHistoryPolicyViolationException"}
)
_CODE, _PASSKEY = "SOFTWARE_TOKEN_MFA", "WEB_AUTHN"
_WRONG_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException"})
_THERE = frozenset({"UsernameExistsException", "AliasExistsException"})


class Account(NamedTuple):
    """Whose an account is."""

    practice_id: PracticeId
    person_id: PersonId


class Tokens(NamedTuple):
    """What a sign-in brings. `refresh_token` is None where the old one goes on."""

    account: Account
    id_token: str
    access_token: str
    expires_in_s: int
    refresh_token: str | None


class Challenge(NamedTuple):
    """The password is right, and a code is still asked for. `proof` goes back to Cognito with it."""

    account: Account
    proof: str


class PasskeyAsked(NamedTuple):
    """A passkey is asked for. `proof` goes back to Cognito with what it signs, which is the `challenge` (base64url)."""

    proof: str
    challenge: str


class _Options(msgspec.Struct, frozen=True):
    challenge: str


class AddressTaken(Conflict):
    """An address that signs in somebody else already."""

    type = "address-taken"
    title = "This mail address is already in use for another sign-in. Nothing was changed; please use another address."


class PasswordRefused(Invalid):
    """A password that is not good enough."""

    type = "password-refused"
    title = "This password is not accepted. Nothing was changed; please choose another."


class CodeWrong(SignedOut):
    """A code that no authenticator of this person shows now."""

    type = "code-wrong"
    title = (
        "This is not the code that your authenticator shows now. Codes change every 30 seconds; please take the one "
        "that is there now. If that is refused too, let your phone set its clock by itself."
    )


class CodeUsed(SignedOut):
    """A code that has signed in already."""

    type = "code-used"
    title = "This code has been used already. Please wait for the next one; it comes within 30 seconds."


class AccountMissing(Exception):
    """There is no account of that person yet."""


def sign_in(name: str, password: str) -> Tokens | Challenge | None:
    """Sign in by address or person id. None where they do not match, or no password was ever chosen."""
    answer = _authenticate("ADMIN_USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=password, **_secret_hash(name))
    if answer and answer.get("ChallengeName") == _CODE:
        account = find(name)
        return Challenge(account, answer["Session"]) if account else None
    return _tokens(answer)


def refresh(person_id: PersonId, refresh_token: str) -> Tokens | None:
    """Go on with a session, or None where it is over."""
    parameters = {"REFRESH_TOKEN": refresh_token, **_secret_hash(person_id)}
    return _tokens(_authenticate("REFRESH_TOKEN_AUTH", **parameters))


def ask_for_passkey(person_id: PersonId) -> PasskeyAsked | None:
    """Ask for a passkey of that person, or None where there is none, or nobody of that id."""
    name: dict[str, str] = {"USERNAME": person_id, **_secret_hash(person_id)}
    answer = _authenticate("USER_AUTH", PREFERRED_CHALLENGE=_PASSKEY, **name)
    if not answer or answer.get("ChallengeName") != _PASSKEY:
        return None
    options = answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]
    return PasskeyAsked(answer["Session"], msgspec.json.decode(options, type=_Options).challenge)


def answer_with_passkey(person_id: PersonId, proof: str, credential: str) -> Tokens | None:
    """Sign in with what a browser's passkey signed (JSON, as its `toJSON` writes it). None where it does not count."""
    try:
        return _tokens(_respond(_PASSKEY, person_id, proof, CREDENTIAL=credential))
    except ClientError as error:
        slow_down(error)
        if _code(error) in _NOT_IN:
            return None
        raise


def answer_challenge(person_id: PersonId, proof: str, code: str) -> Tokens | None:
    """Show the code that was asked for. None where the challenge is over; raise CodeWrong or CodeUsed."""
    try:
        return _tokens(_respond(_CODE, person_id, proof, SOFTWARE_TOKEN_MFA_CODE=code))
    except ClientError as error:
        _refuse_code(error)
        if _code(error) in _NOT_IN:
            return None
        raise


def _respond(challenge: str, person_id: PersonId, proof: str, **responses: str) -> dict[str, Any]:
    pool = settings()
    answer: dict[str, Any] = client("cognito-idp").admin_respond_to_auth_challenge(
        UserPoolId=pool.user_pool_id,
        ClientId=pool.user_pool_client_id,
        ChallengeName=challenge,
        Session=proof,
        ChallengeResponses={"USERNAME": person_id, **_secret_hash(person_id), **responses},
    )
    return answer


def new_authenticator(access_token: str) -> str:
    """Return the key of a new authenticator (base32) for whoever has the token. It counts once a code of it came."""
    return str(client("cognito-idp").associate_software_token(AccessToken=access_token)["SecretCode"])


def confirm_authenticator(person_id: PersonId, access_token: str, code: str) -> bool:
    """Let the new authenticator count, and its codes be asked for from now on. Safe to repeat.

    False where the token is over; raise CodeWrong where the code is not its.
    """
    try:
        client("cognito-idp").verify_software_token(AccessToken=access_token, UserCode=code)
    except ClientError as error:
        _refuse_code(error)
        if _code(error) in _NOT_IN:
            return False
        raise
    _ask_for_codes(person_id, asked=True)
    return True


def forget_authenticator(person_id: PersonId) -> None:
    """Ask a person for no more codes, until they set up another authenticator. Safe to repeat."""
    _ask_for_codes(person_id, asked=False)


def _ask_for_codes(person_id: PersonId, *, asked: bool) -> None:
    client("cognito-idp").admin_set_user_mfa_preference(
        UserPoolId=settings().user_pool_id,
        Username=person_id,
        SoftwareTokenMfaSettings={"Enabled": asked, "PreferredMfa": asked},
    )


def _refuse_code(error: ClientError) -> None:
    slow_down(error)
    if _code(error) in _WRONG_CODE:
        raise CodeWrong from error
    if _code(error) == "ExpiredCodeException":  # Cognito's name for a code that was used
        raise CodeUsed from error


def _authenticate(flow: str, **parameters: str) -> dict[str, Any] | None:
    pool = settings()
    try:
        answer: dict[str, Any] = client("cognito-idp").admin_initiate_auth(
            UserPoolId=pool.user_pool_id,
            ClientId=pool.user_pool_client_id,
            AuthFlow=flow,
            AuthParameters=parameters,
        )
    except ClientError as error:
        slow_down(error)
        if _code(error) in _NOT_IN:
            return None
        raise
    return answer


def _secret_hash(name: str) -> dict[str, str]:
    """What Cognito asks of a client that has a secret, where ours has one."""
    pool = settings()
    if not pool.user_pool_client_secret:
        return {}
    mac = hmac.digest(pool.user_pool_client_secret.encode(), f"{name}{pool.user_pool_client_id}".encode(), "sha256")
    return {"SECRET_HASH": base64.b64encode(mac).decode()}


def _tokens(answer: dict[str, Any] | None) -> Tokens | None:
    result = answer and answer.get("AuthenticationResult")
    if not result:
        # A challenge that is none of ours: the password is the one that Cognito made up for an invitation.
        return None
    claims = _claims(result["IdToken"])
    account = Account(PracticeId(claims["custom:practice_id"]), PersonId(claims["custom:person_id"]))
    return Tokens(
        account, result["IdToken"], result["AccessToken"], int(result["ExpiresIn"]), result.get("RefreshToken")
    )


def revoke(refresh_token: str) -> None:
    """End one session. Whatever Cognito says, the caller forgets the token."""
    try:
        secret = settings().user_pool_client_secret
        given = {"ClientSecret": secret} if secret else {}
        client("cognito-idp").revoke_token(Token=refresh_token, ClientId=settings().user_pool_client_id, **given)
    except (ClientError, BotoCoreError) as error:
        log("a session could not be revoked", failed=True, error=type(error).__name__)


def sign_out_everywhere(person_id: PersonId) -> None:
    """End every session of a person. Tokens that pages hold in memory go on for a quarter of an hour at most."""
    try:
        client("cognito-idp").admin_user_global_sign_out(UserPoolId=settings().user_pool_id, Username=person_id)
    except ClientError as error:
        if _code(error) != "UserNotFoundException":
            raise


def find(email: str) -> Account | None:
    """Return whose an address is, in any practice. Raise TooMany where Cognito asks to slow down."""
    found = _read(email)
    if found is None or "custom:person_id" not in found:
        return None
    return Account(PracticeId(found["custom:practice_id"]), PersonId(found["custom:person_id"]))


def ensure(practice_id: PracticeId, person: Person) -> None:
    """Make the account, or bring it up to the person's address, name and roles. Safe to repeat.

    The roles of staff come with their authenticator: until then no token of theirs, however it was got, opens
    anything of the practice. Raise AddressTaken where the address signs in somebody else.
    """
    wanted = {"email": person.email, "email_verified": "true", "name": person.name}
    fixed = {"custom:practice_id": practice_id, "custom:person_id": person.person_id}
    pool = settings().user_pool_id
    is_new = True
    try:
        client("cognito-idp").admin_create_user(
            UserPoolId=pool,
            Username=person.person_id,
            MessageAction="SUPPRESS",
            UserAttributes=_attributes(wanted | fixed),
        )
    except ClientError as error:
        if _code(error) not in _THERE:
            raise
        is_new = False
    if not is_new:
        _update(person.person_id, wanted)
    for role in sorted(granted(person)):
        client("cognito-idp").admin_add_user_to_group(UserPoolId=pool, Username=person.person_id, GroupName=role)
    for role in sorted(set(Role) - granted(person)) if not is_new else ():
        client("cognito-idp").admin_remove_user_from_group(UserPoolId=pool, Username=person.person_id, GroupName=role)


def _update(person_id: PersonId, wanted: dict[str, str]) -> None:
    found = _read(person_id)
    if found is None:
        raise AddressTaken
    changed = {name: value for name, value in wanted.items() if found.get(name) != value}
    if not changed:
        return
    if "email" in changed:
        # A changed address without its mark would be an alias no more.
        changed["email_verified"] = "true"
    try:
        client("cognito-idp").admin_update_user_attributes(
            UserPoolId=settings().user_pool_id, Username=person_id, UserAttributes=_attributes(changed)
        )
    except ClientError as error:
        if _code(error) == "AliasExistsException":
            raise AddressTaken from error
        raise


def remove(person_id: PersonId) -> None:
    """Remove a person's account, and with it their address and every session; one that is not there is gone."""
    try:
        client("cognito-idp").admin_delete_user(UserPoolId=settings().user_pool_id, Username=person_id)
    except ClientError as error:
        if _code(error) != "UserNotFoundException":
            raise


def choose_password(person_id: PersonId, password: str) -> None:
    """Set a person's password for good. Raise PasswordRefused with Cognito's reason, or AccountMissing."""
    try:
        client("cognito-idp").admin_set_user_password(
            UserPoolId=settings().user_pool_id, Username=person_id, Password=password, Permanent=True
        )
    except ClientError as error:
        slow_down(error)
        if _code(error) == "UserNotFoundException":
            raise AccountMissing from error
        if _code(error) in _REFUSED:
            raise PasswordRefused from error
        raise


def _read(name: str) -> dict[str, str] | None:
    try:
        found = client("cognito-idp").admin_get_user(UserPoolId=settings().user_pool_id, Username=name)
    except ClientError as error:
        slow_down(error)
        if _code(error) == "UserNotFoundException":
            return None
        raise
    return {one["Name"]: one["Value"] for one in found["UserAttributes"]}


def slow_down(error: ClientError) -> None:
    """Raise TooMany where Cognito asks to slow down."""
    if _code(error) in _BUSY or _LOCKED in error.response["Error"].get("Message", ""):
        raise TooMany from error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _attributes(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _claims(id_token: str) -> dict[str, Any]:
    # It came from Cognito itself on this connection; API Gateway checks the signature of what others bring.
    middle = id_token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)), type=dict[str, Any])
