"""What moto does not know of Cognito, added to it: aliases, our password policy, dead sessions, RevokeToken, and
authenticators that have a key each and whose codes are looked at, once."""

import base64
import json
import secrets
import time
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
from moto.core.responses import EmptyResult

from demo.codes import STEP_S, code

SHORTEST, LONGEST = 12, 256


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


def _admin_initiate_auth(self: Any, pool_id: str, client_id: str, flow: str, parameters: Any) -> Any:
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


def _admin_respond(self: Any, session: str, client_id: str, name: str, responses: dict[str, str]) -> Any:
    if name == "SOFTWARE_TOKEN_MFA":
        if session not in self.sessions:
            raise NotAuthorizedError(session)
        username, pool = self.sessions[session]
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
