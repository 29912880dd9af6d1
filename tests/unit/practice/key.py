"""A security key in software: makes passkeys and signs with them, as a browser does (WebAuthn level 2, 2021)."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from infra.emulator.webauthn import encode

from .conftest import PASSWORD
from .gateway import Gateway, Reply, Somebody

ORIGIN = "https://site.test"
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Key:
    """One key, with one passkey. What a test changes before it makes or signs is what is wrong with it."""

    origin: str = ORIGIN
    host: str = "site.test"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def make(self, options: str) -> str:
        """Answer creation options."""
        asked = json.loads(options)
        numbers = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        length = struct.pack(">H", len(self.credential_id))
        data = self._data(self.flags | WITH_KEY) + bytes(16) + length + self.credential_id + cbor(public)
        attested = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._credential({"clientDataJSON": encode(client), "attestationObject": encode(attested)})

    def sign(self, options: str) -> str:
        """Answer request options. Each time counts."""
        asked = json.loads(options)
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", asked["challenge"])
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {"authenticatorData": encode(data), "clientDataJSON": encode(client), "signature": encode(signature)}
        return self._credential(said)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _credential(self, response: dict[str, Any]) -> str:
        name = encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def add_passkey(gateway: Gateway, somebody: Somebody, cookie: str, key: Key) -> Reply:
    """Add a passkey to a key in the browser with a cookie."""
    asked = gateway.call("POST", "/api/session/passkeys/options", {"password": PASSWORD}, by=somebody, cookie=cookie)
    if asked.status != 200:
        return asked
    made = key.make(asked.body["options"])
    name = f"passkey-{secrets.token_hex(8)}"
    return gateway.call("POST", "/api/session/passkeys", {"credential": made}, by=somebody, key=name, cookie=cookie)


def come_in(gateway: Gateway, email: str, key: Key) -> Reply:
    """Sign in with a key."""
    asked = gateway.call("POST", "/api/session/passkey/options", {"email": email})
    assert asked.status == 200, asked.body
    signed = key.sign(asked.body["options"])
    return gateway.call("POST", "/api/session/passkey", {"credential": signed}, cookie=asked.cookie)


def cbor(value: Any) -> bytes:
    """Write a value as authenticators do (RFC 8949, 2020)."""
    match value:
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case dict():
            return _head(5, len(value)) + b"".join(cbor(one) for pair in value.items() for one in pair)
    raise TypeError(value)


def _head(kind: int, size: int) -> bytes:
    if size < 24:
        return bytes([kind << 5 | size])
    width = 1 if size < 2**8 else 2 if size < 2**16 else 4
    return bytes([kind << 5 | 23 + width.bit_length()]) + size.to_bytes(width)
