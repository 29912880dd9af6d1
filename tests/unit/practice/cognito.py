"""What moto does not know of Cognito, added to it: aliases, our password policy, dead sessions, RevokeToken, and
authenticators that have a key each and whose codes are looked at, once; passkeys, checked as they are; a secret."""

import base64
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from moto.cognitoidp.exceptions import (
    AliasExistsException,
    CodeMismatchException,
    ExpiredCodeException,
    InvalidPasswordException,
    NotAuthorizedError,
    UserNotFoundError,
)
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from demo.codes import STEP_S, code
from infra.emulator import rings
from infra.emulator.webauthn import Refused, RelyingParty

SHORTEST, LONGEST = 12, 256
PARTY = RelyingParty("site.test", verifies=True)


def _by_name_or_alias(pool: Any, name: str) -> Any:
    if name in pool.users:
        return pool.users[name]
    return next((user for user in pool.users.values() if _address(user) == name.lower()), None)


def _address(user: Any) -> str | None:
    values = {one["Name"]: one["Value"] for one in user.attributes}
    return values["email"].lower() if values.get("email_verified") == "true" else None


_respond = CognitoIdpBackend.admin_respond_to_auth_challenge
_create_user = CognitoIdpBackend.admin_create_user
_update_user = CognitoIdpBackend.admin_update_user_attributes
_sign_in = CognitoIdpBackend.admin_initiate_auth
_refresh_token = CognitoIdpUserPool.create_refresh_token
_from_refresh = CognitoIdpUserPool.create_tokens_from_refresh_token


def _admin_create_user(self: Any, pool_id: str, username: str, action: str, password: str, attributes: Any) -> Any:
    pool = self.describe_user_pool(pool_id)
    email = next(one["Value"] for one in attributes if one["Name"] == "email")
    if username not in pool.users and _by_name_or_alias(pool, email):
        raise AliasExistsException
    return _create_user(self, pool_id, username, action, password, attributes)


def _admin_update_user_attributes(self: Any, pool_id: str, username: str, attributes: Any) -> None:
    pool = self.describe_user_pool(pool_id)
    changed = {one["Name"]: one["Value"] for one in attributes}
    holder = _by_name_or_alias(pool, changed["email"]) if "email" in changed else None
    if holder and holder.username != username:
        raise AliasExistsException
    _update_user(self, pool_id, username, attributes)


def _create_refresh_token(self: Any, client_id: str, username: str) -> Any:
    return _refresh_token(self, client_id, self._get_user(username).username)


def _create_tokens_from_refresh_token(self: Any, token: str) -> Any:
    if self.refresh_tokens.get(token) is None:
        raise NotAuthorizedError(token)
    return _from_refresh(self, token)


def _check_secret(pool: Any, client_id: str, name: str, parameters: dict[str, str]) -> None:
    client = pool.clients[client_id]
    mac = hmac.digest(client.secret.encode(), f"{name}{client.id}".encode(), "sha256")
    if client.generate_secret and parameters.get("SECRET_HASH") != base64.b64encode(mac).decode():
        raise NotAuthorizedError(name)


def _admin_initiate_auth(self: Any, pool_id: str, client_id: str, flow: str, parameters: Any) -> Any:
    pool = self.describe_user_pool(pool_id)
    known = pool.refresh_tokens.get(parameters.get("REFRESH_TOKEN")) or ("", "")
    _check_secret(pool, client_id, parameters.get("USERNAME") or known[1], parameters)
    if flow == "USER_AUTH":
        return _ask_for_passkey(self, pool, parameters)
    try:
        return _sign_in(self, pool_id, client_id, flow, parameters)
    except UserNotFoundError as error:
        # PreventUserExistenceErrors.
        raise NotAuthorizedError(parameters["USERNAME"]) from error


def _validate_password(_self: Any, _pool_id: str, password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST or password != password.strip():
        raise InvalidPasswordException


def _revoke_token(self: Any) -> Any:
    token = json.loads(self.body)["Token"]
    for regions in cognitoidp_backends.values():
        for backend in regions.values():
            for pool in backend.user_pools.values():
                if token in pool.refresh_tokens:
                    pool.refresh_tokens[token] = None
    return EmptyResult()


def _user_of_token(self: Any, access_token: str) -> Any:
    for pool in self.user_pools.values():
        if access_token in pool.access_tokens:
            return _by_name_or_alias(pool, pool.access_tokens[access_token][1])
    raise NotAuthorizedError(access_token)


def _look_at(user: Any, key: str, shown: str) -> None:
    now = time.time()
    if shown not in {code(key, now + off) for off in (-STEP_S, 0, STEP_S)}:
        raise CodeMismatchException(shown)
    if shown in user.__dict__.setdefault("shown", set()):
        raise ExpiredCodeException(shown)
    user.shown.add(shown)


def _associate_software_token(self: Any, access_token: str, _session: str) -> dict[str, str]:
    user = _user_of_token(self, access_token)
    user.pending_key = base64.b32encode(secrets.token_bytes(20)).decode()
    return {"SecretCode": user.pending_key}


def _verify_software_token(
    self: Any, access_token: str, _session: str, user_code: str, _device_name: str
) -> dict[str, str]:
    user = _user_of_token(self, access_token)
    _look_at(user, user.pending_key, user_code)
    user.key, user.token_verified = user.pending_key, True
    return {"Status": "SUCCESS"}


def _ring(user: Any) -> rings.Ring:
    ring: rings.Ring = user.__dict__.setdefault("passkeys", {})
    return ring


def _ask_for_passkey(self: Any, pool: Any, parameters: dict[str, str]) -> Any:
    user = _by_name_or_alias(pool, parameters["USERNAME"])
    if not user:
        raise NotAuthorizedError(parameters["USERNAME"])
    session = secrets.token_hex(16)
    options = rings.request_options(_ring(user), PARTY)
    if not options:
        return {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["PASSWORD"], "Session": session}
    self.sessions[session] = (user.username, pool, options["challenge"])
    given = {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(options)}
    return {"ChallengeName": "WEB_AUTHN", "ChallengeParameters": given, "Session": session}


def _signed_with_passkey(self: Any, session: str, client_id: str, responses: dict[str, str]) -> Any:
    username, pool, challenge = self.sessions.pop(session, ("", None, ""))
    if username != responses["USERNAME"]:
        raise NotAuthorizedError(username)
    _check_secret(pool, client_id, username, responses)
    try:
        rings.sign(_ring(pool.users[username]), json.loads(responses["CREDENTIAL"]), challenge, PARTY)
    except (Refused, ValueError) as error:
        raise NotAuthorizedError(username) from error
    return self._log_user_in(pool, pool.clients[client_id], username)


def _passkeys(self: Any) -> tuple[Any, dict[str, Any]]:
    asked = json.loads(self.body)
    token = asked["AccessToken"]
    backend = self._get_region_agnostic_backend()._find_backend_by_access_token(token)
    return _ring(_user_of_token(backend, token)), asked


def _refusing(operation: Callable[[Any, dict[str, Any]], Any]) -> Callable[[Any], Any]:
    def answer(self: Any) -> Any:
        try:
            return ActionResult(operation(*_passkeys(self)))
        except Refused as refused:
            raise JsonRESTError(refused.why, "Not with this passkey.") from refused

    return answer


def _start_passkey(ring: rings.Ring, _asked: dict[str, Any]) -> Any:
    user = {"id": "c29tZWJvZHk", "name": "Somebody", "displayName": "Somebody"}
    return {"CredentialCreationOptions": rings.creation_options(ring, PARTY, user, "client")}


def _complete_passkey(ring: rings.Ring, asked: dict[str, Any]) -> Any:
    rings.keep(ring, asked["Credential"], PARTY, "client")
    return {}


def _delete_passkey(ring: rings.Ring, asked: dict[str, Any]) -> Any:
    rings.forget(ring, asked["CredentialId"])
    return {}


def _admin_respond(self: Any, session: str, client_id: str, name: str, responses: dict[str, str]) -> Any:
    if name == "WEB_AUTHN":
        return _signed_with_passkey(self, session, client_id, responses)
    if name == "SOFTWARE_TOKEN_MFA":
        if session not in self.sessions:
            raise NotAuthorizedError(session)
        username, pool = self.sessions[session]
        _check_secret(pool, client_id, responses["USERNAME"], responses)
        user = _by_name_or_alias(pool, username)
        _look_at(user, user.key, responses["SOFTWARE_TOKEN_MFA_CODE"])
    return _respond(self, session, client_id, name, responses)


def teach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach moto what the service does, for the length of a test."""
    monkeypatch.setattr(CognitoIdpUserPool, "_get_user", _by_name_or_alias)
    monkeypatch.setattr(CognitoIdpUserPool, "create_refresh_token", _create_refresh_token)
    monkeypatch.setattr(CognitoIdpUserPool, "create_tokens_from_refresh_token", _create_tokens_from_refresh_token)
    monkeypatch.setattr(CognitoIdpBackend, "admin_create_user", _admin_create_user)
    monkeypatch.setattr(CognitoIdpBackend, "admin_update_user_attributes", _admin_update_user_attributes)
    monkeypatch.setattr(CognitoIdpBackend, "admin_initiate_auth", _admin_initiate_auth)
    monkeypatch.setattr(CognitoIdpBackend, "_validate_password", _validate_password)
    monkeypatch.setattr(CognitoIdpBackend, "associate_software_token", _associate_software_token)
    monkeypatch.setattr(CognitoIdpBackend, "verify_software_token", _verify_software_token)
    monkeypatch.setattr(CognitoIdpBackend, "admin_respond_to_auth_challenge", _admin_respond)
    monkeypatch.setattr(CognitoIdpResponse, "revoke_token", _revoke_token, raising=False)
    for name, operation in (
        ("start_web_authn_registration", _start_passkey),
        ("complete_web_authn_registration", _complete_passkey),
        ("list_web_authn_credentials", lambda ring, _: {"Credentials": rings.listed(ring)}),
        ("delete_web_authn_credential", _delete_passkey),
    ):
        monkeypatch.setattr(CognitoIdpResponse, name, _refusing(operation), raising=False)
