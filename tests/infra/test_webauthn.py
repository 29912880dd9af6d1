"""The embedded AWS checks passkeys as a relying party has to: what is not just so does not count."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from infra.emulator import rings
from infra.emulator.passkeys import settings_of
from infra.emulator.webauthn import Passkey, Refused, RelyingParty, decode, encode, registered, signed
from tests.unit.practice.key import PRESENT, VERIFIED, Key, cbor

PARTY = RelyingParty("site.test", verifies=True)
CHALLENGE = encode(bytes(32))
OPTIONS = json.dumps({"challenge": CHALLENGE})


def made(key: Key) -> Passkey:
    return registered(json.loads(key.make(OPTIONS)), CHALLENGE, PARTY)


def why(came: dict[str, Any], known: Passkey | None = None, challenge: str = CHALLENGE) -> str:
    with pytest.raises(Refused) as refused:
        _ = signed(came, challenge, PARTY, known) if known else registered(came, challenge, PARTY)
    return refused.value.why


def test_a_passkey_that_is_made_signs_and_counts() -> None:
    key = Key()
    kept = made(key)
    assert (kept.credential_id, kept.count) == (encode(key.credential_id), 0)
    for number in (1, 2):
        kept = signed(json.loads(key.sign(OPTIONS)), CHALLENGE, PARTY, kept)
        assert kept.count == number


PARTS = ("authenticatorData", "clientDataJSON", "signature")


@given(st.sampled_from(PARTS), st.integers(0, 2**12), st.integers(0, 7))
def test_whatever_is_changed_of_what_was_signed_is_refused(name: str, place: int, bit: int) -> None:
    key = Key()
    kept = made(key)
    came = json.loads(key.sign(OPTIONS))
    raw = bytearray(decode(came["response"][name]))
    raw[place % len(raw)] ^= 1 << bit
    came["response"][name] = encode(bytes(raw))
    why(came, kept)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"origin": "http://site.test"}, "WebAuthnOriginNotAllowedException"),
        ({"origin": "https://site.test.evil.example"}, "WebAuthnOriginNotAllowedException"),
        ({"origin": "https://evilsite.test"}, "WebAuthnOriginNotAllowedException"),
        ({"host": "other.test"}, "WebAuthnRelyingPartyMismatchException"),
        ({"flags": PRESENT}, "NotAuthorizedException"),
        ({"flags": VERIFIED}, "NotAuthorizedException"),
    ],
)
def test_another_site_and_a_person_who_was_not_recognised_are_refused(wrong: dict[str, Any], refusal: str) -> None:
    key = Key()
    kept = made(key)
    vars(key).update(wrong)
    assert why(json.loads(key.make(OPTIONS))) == refusal
    assert why(json.loads(key.sign(OPTIONS)), kept) == refusal


def test_another_challenge_is_refused_and_a_counter_that_stands_still() -> None:
    key = Key(count=7)
    kept = made(key)
    came = json.loads(key.sign(OPTIONS))
    assert why(came, kept, encode(b"another")) == "WebAuthnChallengeNotFoundException"
    after = signed(came, CHALLENGE, PARTY, kept)
    assert why(came, after) == "NotAuthorizedException"


def test_an_origin_below_the_relying_party_and_the_laptop_itself_are_taken() -> None:
    assert made(Key(origin="https://app.site.test:8443"))
    laptop = RelyingParty("localhost", verifies=True)
    key = Key(origin="http://localhost:8787", host="localhost")
    assert registered(json.loads(key.make(OPTIONS)), CHALLENGE, laptop)


def attested(public: dict[int, Any]) -> dict[str, Any]:
    """What a browser says of a key of another kind: the registration of one of ours with that key in it."""
    key = Key()
    came: dict[str, Any] = json.loads(key.make(OPTIONS))
    numbers = key.private.public_key().public_numbers()
    ours = cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
    data = decode(came["response"]["attestationObject"])
    start = data.index(b"authData") + 10
    auth = data[start:].removesuffix(ours) + cbor(public)
    came["response"]["attestationObject"] = encode(cbor({"fmt": "none", "attStmt": {}, "authData": auth}))
    return came


def test_rsa_keys_are_taken_where_they_are_long_enough() -> None:
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    public = {1: 3, 3: -257, -1: numbers.n.to_bytes(256), -2: b"\x01\x00\x01"}
    kept = registered(attested(public), CHALLENGE, PARTY)
    came = json.loads(Key().sign(OPTIONS))
    said = decode(came["response"]["authenticatorData"])
    what = said + hashlib.sha256(decode(came["response"]["clientDataJSON"])).digest()
    came["response"]["signature"] = encode(private.sign(what, padding.PKCS1v15(), SHA256()))
    assert signed(came, CHALLENGE, PARTY, kept).count == 1
    short = {1: 3, 3: -257, -1: b"\xff" * 128, -2: b"\x01\x00\x01"}
    for other in (short, {1: 1, 3: -8, -1: 6, -2: bytes(32)}, {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}):
        assert why(attested(other)) == "WebAuthnCredentialNotSupportedException"


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_refused(raw: bytes) -> None:
    key = Key()
    came = json.loads(key.make(OPTIONS))
    for attestation in (raw, cbor({"authData": raw})):
        came["response"]["attestationObject"] = encode(attestation)
        why(came)
    came["response"]["clientDataJSON"] = encode(raw)
    why(came)


def test_a_ring_is_full_at_cognitos_limit_and_takes_a_passkey_once() -> None:
    ring: rings.Ring = {}
    user = {"id": "AQ", "name": "n", "displayName": "N"}
    key = Key()
    for _ in range(rings.MOST):
        key = Key()
        options = json.dumps(rings.creation_options(ring, PARTY, user, "client"))
        rings.keep(ring, json.loads(key.make(options)), PARTY, "client")
    with pytest.raises(Refused, match="LimitExceededException"):
        rings.creation_options(ring, PARTY, user, "client")
    rings.forget(ring, rings.listed(ring)[0]["CredentialId"])
    for client, refusal in (("client", "InvalidParameterException"), ("other", "WebAuthnClientMismatchException")):
        options = json.dumps(rings.creation_options(ring, PARTY, user, "client"))
        with pytest.raises(Refused, match=refusal):
            rings.keep(ring, json.loads(key.make(options)), PARTY, client)
        with pytest.raises(Refused, match="WebAuthnChallengeNotFoundException"):
            rings.keep(ring, json.loads(key.make(options)), PARTY, "client")


def test_a_template_without_passkeys_says_nothing_of_them() -> None:
    assert settings_of({"UserPoolName": "people"}) == {}
    assert settings_of({"WebAuthnRelyingPartyID": "a", "WebAuthnUserVerification": "required"}) == {
        "RelyingPartyId": "a",
        "UserVerification": "required",
    }
