"""Passkeys, as Cognito keeps them for whoever an access token is of. Which of them count is ours to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.foundation.aws import client
from chalicelib.foundation.errors import Conflict
from chalicelib.practice.accounts import slow_down

_PAGE = 20
"""Cognito's limit for a page, and for a person's passkeys (2026)."""


class PasskeyNotMade(Conflict):
    """What a browser made is no passkey that can be kept."""

    type = "passkey-not-made"
    title = "No passkey was added, and nothing else changed. Please try again; it has to be done within three minutes."


def ask_for_new(access_token: str) -> dict[str, Any]:
    """Return what a browser is to make a passkey with (WebAuthn's creation options, as JSON writes them)."""
    with _slowing():
        answer = client("cognito-idp").start_web_authn_registration(AccessToken=access_token)
    options: dict[str, Any] = answer["CredentialCreationOptions"]
    return options


def keep(access_token: str, credential: str) -> None:
    """Have Cognito check and keep what a browser made (JSON, as its `toJSON` writes it). Raise PasskeyNotMade."""
    try:
        client("cognito-idp").complete_web_authn_registration(
            AccessToken=access_token, Credential=msgspec.json.decode(credential, type=dict[str, Any])
        )
    except ClientError as error:
        slow_down(error)
        if error.response["Error"]["Code"] == "InternalErrorException":
            raise
        raise PasskeyNotMade from error


def forget_all_but(access_token: str, kept: frozenset[str]) -> None:
    """Remove from Cognito every passkey whose id is not among these."""
    with _slowing():
        answer = client("cognito-idp").list_web_authn_credentials(AccessToken=access_token, MaxResults=_PAGE)
    for one in answer["Credentials"]:
        if one["CredentialId"] not in kept:
            forget(access_token, one["CredentialId"])


def forget(access_token: str, credential_id: str) -> None:
    """Remove a passkey from Cognito; one that is not there is gone."""
    try:
        client("cognito-idp").delete_web_authn_credential(AccessToken=access_token, CredentialId=credential_id)
    except ClientError as error:
        slow_down(error)
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


@contextmanager
def _slowing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        slow_down(error)
        raise
