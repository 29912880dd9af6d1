"""What a relying party checks of a passkey (W3C Web Authentication, level 2, 2021: 7.1 and 7.2), without attestation.

Pure: what came, what was asked, and what was kept go in; what is to be kept comes out, or Refused.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

ES256, RS256 = -7, -257
"""The algorithms that are taken (RFC 9053, 2022; RFC 8812, 2020)."""
_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40
_HEAD = 37
_SHORTEST_RSA = 2048


class Refused(Exception):
    """What came does not count. `why` is the exception that Cognito names."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class RelyingParty:
    """Who asks for a passkey: a host, and whether the person must have been recognised."""

    host: str
    verifies: bool


@dataclass(frozen=True)
class Passkey:
    """What is kept of one: its id and its public key (DER), both base64url, and how often it says that it signed."""

    credential_id: str
    public_key: str
    count: int


def registered(came: dict[str, Any], challenge: str, party: RelyingParty) -> Passkey:
    """Return the passkey that a browser made, or raise Refused."""
    answer = _answer(came)
    _check_client(answer, "webauthn.create", challenge, party)
    try:
        made, rest = _cbor(decode(answer["attestationObject"]))
        data = made["authData"]
        count = _check_authenticator(data, party)
        if rest or not data[32] & _WITH_KEY:
            raise Refused("InvalidParameterException")
        length = int.from_bytes(data[53:55])
        credential_id, key = data[55 : 55 + length], _cbor(data[55 + length :])[0]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise Refused("InvalidParameterException") from error
    if encode(credential_id) != came.get("id"):
        raise Refused("InvalidParameterException")
    return Passkey(encode(credential_id), encode(_public_key(key)), count)


def signed(came: dict[str, Any], challenge: str, party: RelyingParty, known: Passkey) -> Passkey:
    """Return a passkey as it is kept after it signed a challenge, or raise Refused."""
    answer = _answer(came)
    _check_client(answer, "webauthn.get", challenge, party)
    try:
        data, client = decode(answer["authenticatorData"]), decode(answer["clientDataJSON"])
        signature = decode(answer["signature"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("NotAuthorizedException") from error
    count = _check_authenticator(data, party)
    _check_signature(known, data + hashlib.sha256(client).digest(), signature)
    if (count or known.count) and count <= known.count:  # somebody else has a copy of it
        raise Refused("NotAuthorizedException")
    return Passkey(known.credential_id, known.public_key, count)


def encode(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read base64url, or raise ValueError or TypeError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _answer(came: dict[str, Any]) -> dict[str, Any]:
    answer = came.get("response")
    if came.get("type") != "public-key" or not isinstance(answer, dict):
        raise Refused("InvalidParameterException")
    return answer


def _check_client(answer: dict[str, Any], kind: str, challenge: str, party: RelyingParty) -> None:
    try:
        said = json.loads(decode(answer["clientDataJSON"]))
        asked, origin = said["challenge"], urlsplit(said["origin"])
        right_kind = said["type"] == kind and not said.get("crossOrigin", False)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("InvalidParameterException") from error
    if not right_kind:
        raise Refused("InvalidParameterException")
    if asked != challenge:
        raise Refused("WebAuthnChallengeNotFoundException")
    host = origin.hostname or ""
    secure = origin.scheme == "https" or (origin.scheme == "http" and host == "localhost")
    if not secure or not (host == party.host or host.endswith(f".{party.host}")):
        raise Refused("WebAuthnOriginNotAllowedException")


def _check_authenticator(data: bytes, party: RelyingParty) -> int:
    if len(data) < _HEAD:
        raise Refused("InvalidParameterException")
    if data[:32] != hashlib.sha256(party.host.encode()).digest():
        raise Refused("WebAuthnRelyingPartyMismatchException")
    if not data[32] & _PRESENT or (party.verifies and not data[32] & _VERIFIED):
        raise Refused("NotAuthorizedException")
    return int.from_bytes(data[33:37])


def _public_key(key: dict[Any, Any]) -> bytes:
    """A COSE key as DER (RFC 9052, 2022, 7)."""
    try:
        if key[1] == 2 and key[3] == ES256 and key[-1] == 1:  # noqa: PLR2004 - the registry's numbers
            point = b"\x04" + key[-2] + key[-3]
            made: Any = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        elif key[1] == 3 and key[3] == RS256:  # noqa: PLR2004
            made = rsa.RSAPublicNumbers(int.from_bytes(key[-2]), int.from_bytes(key[-1])).public_key()
        else:
            raise Refused("WebAuthnCredentialNotSupportedException")
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("WebAuthnCredentialNotSupportedException") from error
    if isinstance(made, rsa.RSAPublicKey) and made.key_size < _SHORTEST_RSA:
        raise Refused("WebAuthnCredentialNotSupportedException")
    return bytes(made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _check_signature(known: Passkey, what: bytes, signature: bytes) -> None:
    key = load_der_public_key(decode(known.public_key))
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, what, ec.ECDSA(SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, what, padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise Refused("NotAuthorizedException") from error


def _cbor(data: bytes) -> tuple[Any, bytes]:
    """Read one item of the little CBOR that authenticators speak (RFC 8949, 2020), and return it with the rest."""
    kind, size = data[0] >> 5, data[0] & 31
    rest = data[1:]
    if size >= 24:  # noqa: PLR2004 - 24 to 27: the number follows in 1, 2, 4 or 8 bytes
        width = 1 << size - 24
        if size > 27 or len(rest) < width:  # noqa: PLR2004
            raise ValueError(size)
        size, rest = int.from_bytes(rest[:width]), rest[width:]
    match kind:
        case 0:
            return size, rest
        case 1:
            return -1 - size, rest
        case 2 | 3:
            if len(rest) < size:
                raise ValueError(size)
            return (rest[:size] if kind == 2 else rest[:size].decode()), rest[size:]  # noqa: PLR2004
        case 4 | 5:
            items = []
            for _ in range(size * (kind - 3)):
                item, rest = _cbor(rest)
                items.append(item)
            return (items if kind == 4 else dict(zip(items[::2], items[1::2], strict=True))), rest  # noqa: PLR2004
        case 7 if size in {20, 21}:
            return size == 21, rest  # noqa: PLR2004
    raise ValueError(kind)
