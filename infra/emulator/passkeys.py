"""Passkeys for ministack's Cognito, which knows none: `StartWebAuthnRegistration`, `CompleteWebAuthnRegistration`,
`ListWebAuthnCredentials`, `DeleteWebAuthnCredential`, and `USER_AUTH` with the challenge `WEB_AUTHN` (Cognito, 2026).
"""

import json
from collections.abc import Callable
from typing import Any

from infra.emulator import rings
from infra.emulator.webauthn import Refused, RelyingParty, encode

_FACTOR = "WEB_AUTHN"
_SETTINGS = {
    "RelyingPartyId": "WebAuthnRelyingPartyID",
    "UserVerification": "WebAuthnUserVerification",
    "FactorConfiguration": "WebAuthnFactorConfiguration",
}
_TWO_IN_ONE = "MULTI_FACTOR_WITH_USER_VERIFICATION"

type Data = dict[str, Any]
type Handler = Callable[[Data], Any]


def settings_of(properties: Data) -> Data:
    """What a template says of passkeys, as `SetUserPoolMfaConfig` takes it."""
    return {name: properties[given] for name, given in _SETTINGS.items() if given in properties}


class Passkeys:
    """The operations, over ministack's module of Cognito."""

    def __init__(self, cognito: Any) -> None:
        """Nothing is changed there."""
        self._cognito = cognito
        self.operations: dict[str, Handler] = {
            "StartWebAuthnRegistration": self._answering(self._start),
            "CompleteWebAuthnRegistration": self._answering(self._complete),
            "ListWebAuthnCredentials": self._answering(self._list),
            "DeleteWebAuthnCredential": self._answering(self._delete),
        }

    def initiating(self, known: Handler) -> Handler:
        """`AdminInitiateAuth` with `USER_AUTH` in addition."""
        ask = self._answering(self._ask)
        return lambda data: ask(data) if data.get("AuthFlow") == "USER_AUTH" else known(data)

    def responding(self, known: Handler) -> Handler:
        """`AdminRespondToAuthChallenge` with `WEB_AUTHN` in addition."""
        sign = self._answering(self._sign)
        return lambda data: sign(data) if data.get("ChallengeName") == _FACTOR else known(data)

    def _answering(self, operation: Callable[[Data], Data]) -> Handler:
        def answer(data: Data) -> Any:
            try:
                return self._cognito.json_response(operation(data))
            except Refused as refused:
                return self._cognito.error_response_json(refused.why, "Not with this passkey.", 400)

        return answer

    def _start(self, data: Data) -> Data:
        user, party = self._of_token(data)
        told = self._cognito._attr_list_to_dict(user["Attributes"])
        entity = {
            "id": encode(told["sub"].encode()),
            "name": told.get("email", user["Username"]),
            "displayName": told.get("name", user["Username"]),
        }
        options = rings.creation_options(_ring(user), party, entity, self._client_of(data))
        return {"CredentialCreationOptions": options}

    def _complete(self, data: Data) -> Data:
        user, party = self._of_token(data)
        rings.keep(_ring(user), data.get("Credential"), party, self._client_of(data))
        return {}

    def _list(self, data: Data) -> Data:
        user, _ = self._of_token(data)
        return {"Credentials": rings.listed(_ring(user))}

    def _delete(self, data: Data) -> Data:
        user, _ = self._of_token(data)
        rings.forget(_ring(user), data.get("CredentialId"))
        return {}

    def _ask(self, data: Data) -> Data:
        pool, client_id, given = self._pool(data), data.get("ClientId"), data.get("AuthParameters", {})
        client = pool["_clients"].get(client_id)
        if not client or "ALLOW_USER_AUTH" not in client["ExplicitAuthFlows"]:
            raise Refused("InvalidParameterException")
        user = self._user(pool, given)
        token, session = self._cognito._create_challenge_session(pool["Id"], client_id, user["Username"])
        party = _party(pool)
        wanted = party and _counts(pool, user) and given.get("PREFERRED_CHALLENGE") == _FACTOR
        options = rings.request_options(_ring(user), party) if party and wanted else None
        if options is None:
            return {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": ["PASSWORD"], "Session": token}
        session["passkey"] = options["challenge"]
        parameters = {"USERNAME": user["Username"], "CREDENTIAL_REQUEST_OPTIONS": json.dumps(options)}
        return {"ChallengeName": _FACTOR, "Session": token, "ChallengeParameters": parameters}

    def _sign(self, data: Data) -> Data:
        pool, client_id, given = self._pool(data), data.get("ClientId"), data.get("ChallengeResponses", {})
        session, wrong = self._cognito._get_challenge_session(data.get("Session"))
        if wrong or (session["pool_id"], session["client_id"]) != (pool["Id"], client_id):
            raise Refused("NotAuthorizedException")
        del self._cognito._challenge_sessions[data["Session"]]  # once, whatever comes of it
        user, party, challenge = self._user(pool, given), _party(pool), session.get("passkey")
        if not party or not challenge or user["Username"] != session["username"]:
            raise Refused("NotAuthorizedException")
        try:
            came = json.loads(given.get("CREDENTIAL", ""))
        except ValueError as error:
            raise Refused("NotAuthorizedException") from error
        rings.sign(_ring(user), came, challenge, party)
        return {"AuthenticationResult": self._cognito._build_auth_result(pool["Id"], client_id, user)}

    def _of_token(self, data: Data) -> tuple[Data, RelyingParty]:
        user, pool = self._cognito._user_pool_for_access_token(data.get("AccessToken"))
        if not user:
            raise Refused("NotAuthorizedException")
        party = _party(pool)
        if not party:
            raise Refused("WebAuthnNotEnabledException")
        return user, party

    def _client_of(self, data: Data) -> str:
        return str(self._cognito._token_claims(data["AccessToken"])["client_id"])

    def _pool(self, data: Data) -> Data:
        pool: Data | None = self._cognito._resolve_pool(data.get("UserPoolId"))[0]
        if not pool:
            raise Refused("ResourceNotFoundException")
        return pool

    def _user(self, pool: Data, given: Data) -> Data:
        """Who is named. Nobody is refused in the words of somebody who may not, as the client's settings ask for."""
        user: Data | None = self._cognito._resolve_user(pool, given.get("USERNAME"))[0]
        if not user or not user.get("Enabled", True) or user.get("UserStatus") != "CONFIRMED":
            raise Refused("NotAuthorizedException")
        return user


def _ring(user: Data) -> rings.Ring:
    ring: rings.Ring = user.setdefault("_passkeys", {})
    return ring


def _party(pool: Data) -> RelyingParty | None:
    """Who asks for passkeys in a pool; None where its template does not say all that they need."""
    chosen = pool.get("WebAuthnConfiguration") or {}
    factors = ((pool.get("Policies") or {}).get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or []
    if _FACTOR not in factors or pool.get("UserPoolTier") == "LITE" or "RelyingPartyId" not in chosen:
        return None
    return RelyingParty(chosen["RelyingPartyId"], chosen.get("UserVerification") == "required")


def _counts(pool: Data, user: Data) -> bool:
    """Whether a passkey is enough for somebody who has an authenticator too."""
    return not user.get("_mfa_enabled") or pool["WebAuthnConfiguration"].get("FactorConfiguration") == _TWO_IN_ONE
