"""The passkeys of one person, as Cognito keeps them and speaks of them (its API, 2026): a plain dictionary, so that it
is saved with its user."""

import secrets
import time
from dataclasses import asdict
from typing import Any

from infra.emulator.webauthn import ES256, RS256, Passkey, Refused, RelyingParty, encode, registered, signed

LASTS_S = 180
MOST = 20

type Ring = dict[str, Any]


def creation_options(ring: Ring, party: RelyingParty, user: dict[str, str], client_id: str) -> dict[str, Any]:
    """What a browser is asked to make a passkey with. `user` is the entity of WebAuthn. Raise Refused where full."""
    if len(_kept(ring)) >= MOST:
        raise Refused("LimitExceededException")
    challenge = encode(secrets.token_bytes(32))
    ring["asked"] = {"challenge": challenge, "client": client_id, "until": time.time() + LASTS_S}
    return {
        "rp": {"id": party.host, "name": party.host},
        "user": user,
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in (ES256, RS256)],
        "timeout": LASTS_S * 1000,
        "excludeCredentials": [_descriptor(one) for one in _kept(ring)],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": _verification(party),
        },
    }


def keep(ring: Ring, came: Any, party: RelyingParty, client_id: str) -> None:
    """Keep the passkey that a browser made, once for each time it was asked. Raise Refused."""
    asked = ring.pop("asked", None)
    if not asked or time.time() > asked["until"]:
        raise Refused("WebAuthnChallengeNotFoundException")
    if asked["client"] != client_id:
        raise Refused("WebAuthnClientMismatchException")
    if not isinstance(came, dict):
        raise Refused("InvalidParameterException")
    made = registered(came, asked["challenge"], party)
    if any(made.credential_id == one["credential_id"] for one in _kept(ring)):
        raise Refused("InvalidParameterException")
    transports = [one for one in came["response"].get("transports", []) if isinstance(one, str)]
    attached = came.get("authenticatorAttachment") or "cross-platform"
    said = {"host": party.host, "attached": attached, "transports": transports, "at": time.time()}
    ring["kept"] = [*_kept(ring), asdict(made) | said]


def listed(ring: Ring) -> list[dict[str, Any]]:
    """The passkeys, as `ListWebAuthnCredentials` tells of them."""
    return [
        {
            "CredentialId": one["credential_id"],
            "FriendlyCredentialName": "Passkey",
            "RelyingPartyId": one["host"],
            "AuthenticatorAttachment": one["attached"],
            "AuthenticatorTransports": one["transports"],
            "CreatedAt": one["at"],
        }
        for one in _kept(ring)
    ]


def forget(ring: Ring, credential_id: Any) -> None:
    """Forget a passkey. Raise Refused where there is none of that id."""
    left = [one for one in _kept(ring) if one["credential_id"] != credential_id]
    if len(left) == len(_kept(ring)):
        raise Refused("ResourceNotFoundException")
    ring["kept"] = left


def request_options(ring: Ring, party: RelyingParty) -> dict[str, Any] | None:
    """What a browser is asked to sign in with; None where there is no passkey."""
    if not _kept(ring):
        return None
    return {
        "challenge": encode(secrets.token_bytes(32)),
        "timeout": LASTS_S * 1000,
        "rpId": party.host,
        "allowCredentials": [_descriptor(one) for one in _kept(ring)],
        "userVerification": _verification(party),
    }


def sign(ring: Ring, came: Any, challenge: str, party: RelyingParty) -> None:
    """Take note that a passkey signed a challenge. Raise Refused."""
    named = came.get("id") if isinstance(came, dict) else None
    for one in _kept(ring):
        if one["credential_id"] == named:
            known = Passkey(one["credential_id"], one["public_key"], one["count"])
            one["count"] = signed(came, challenge, party, known).count
            return
    raise Refused("NotAuthorizedException")


def _kept(ring: Ring) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = ring.setdefault("kept", [])
    return kept


def _verification(party: RelyingParty) -> str:
    return "required" if party.verifies else "preferred"


def _descriptor(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "public-key", "id": one["credential_id"], "transports": one["transports"]}
