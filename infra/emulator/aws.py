"""What we need of ministack that it offers nobody: its state, its mail, its one distribution, and room for passkeys.

Private parts of ministack 1.5.33, so its version is pinned exactly; all that we touch is in this module, in
`functions.py` and in `passkeys.py`.
"""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from infra.emulator.passkeys import Passkeys, settings_of

# DynamoDB's streams are in none of its own saves: what was written and not yet read would be lost,
# and the reader's place in the stream, which is saved, would then skip as many new records.
STREAMS = "dynamodb_streams"
STREAM_STORES = ("_stream_records", "_stream_trimmed")


def application() -> Any:
    """The ASGI application."""
    return import_module("ministack.app").app


def state() -> dict[str, Any]:
    """A copy of the state of every service that was used.

    Call it on the event loop: the services change their state nowhere else, so the copy is of one moment.
    """
    services = import_module("ministack.app")._build_persistence_save_dict()
    copied = {name: get_state() for name, get_state in services.items()}
    dynamodb = import_module("ministack.services.dynamodb")
    copied[STREAMS] = {name: _copy_of(getattr(dynamodb, name)) for name in STREAM_STORES}
    return {name: payload for name, payload in copied.items() if payload is not None}


def encode(copied: dict[str, Any]) -> dict[str, bytes]:
    """The state as the files that ministack reads when it starts."""
    persistence = import_module("ministack.core.persistence")
    return {
        name: json.dumps(
            {"__ministack_format__": persistence._state_format_version(name), "payload": payload},
            default=persistence._json_default,
        ).encode()
        for name, payload in copied.items()
    }


def restore_streams() -> None:
    """Put back the streams. Ministack has put back the rest by itself by then."""
    saved = import_module("ministack.core.persistence").load_state(STREAMS) or {}
    dynamodb = import_module("ministack.services.dynamodb")
    for name, records in saved.items():
        getattr(dynamodb, name)._data.update(records._data)


def distribution_label() -> str | None:
    """The first part of the site's name at CloudFront; None before the stack is there."""
    distributions = import_module("ministack.services.cloudfront")._distributions._data.values()
    return next((record["DomainName"].split(".", 1)[0] for record in distributions), None)


def sent_mail() -> Iterator[dict[str, Any]]:
    """The records of what SES was asked to send since the emulator started, oldest first."""
    for messages in import_module("ministack.services.ses")._sent_emails._data.values():
        yield from messages


def note_rights(note: Callable[[str, str, str], None]) -> None:
    """Tell `note` of every right that somebody with a policy asks for: who (ARN), which action, on what (ARN)."""
    evaluator: Any = import_module("ministack.core.iam_evaluator")
    known = evaluator.evaluate

    def evaluate(asked: Any, *policies: Any) -> Any:
        note(asked.principal_arn, asked.action, asked.resource_arn)
        return known(asked, *policies)

    evaluator.evaluate = evaluate


def teach_passkeys() -> None:
    """Let Cognito know passkeys, and CloudFormation what a template says of them."""
    cognito: Any = import_module("ministack.services.cognito")
    passkeys = Passkeys(cognito)
    known = cognito._dispatch_idp

    async def dispatch(action: str, data: dict[str, Any]) -> Any:
        operation = passkeys.operations.get(action)
        if operation is None:
            return await known(action, data)
        return await cognito.run_reentrant(cognito._run_idp_handler, operation, action, data)

    cognito._dispatch_idp = dispatch
    cognito._UNSIGNED_IDP_ACTIONS |= set(passkeys.operations)
    cognito._admin_initiate_auth = passkeys.initiating(cognito._admin_initiate_auth)
    cognito._admin_respond_to_auth_challenge = passkeys.responding(cognito._admin_respond_to_auth_challenge)
    pools = import_module("ministack.services.cloudformation.provisioners")._RESOURCE_HANDLERS["AWS::Cognito::UserPool"]
    create, update = pools["create"], pools["update"]

    def made(logical_id: str, properties: dict[str, Any], *others: Any) -> Any:
        answer = create(logical_id, properties, *others)
        _set_passkeys(cognito, answer[0], properties)
        return answer

    def changed(pool_id: str, before: dict[str, Any], properties: dict[str, Any], *others: Any, **named: Any) -> Any:
        answer = update(pool_id, before, properties, *others, **named)
        _set_passkeys(cognito, answer[0], properties)
        return answer

    pools |= {"create": made, "update": changed}


def _set_passkeys(cognito: Any, pool_id: str, properties: dict[str, Any]) -> None:
    cognito._set_user_pool_mfa_config({"UserPoolId": pool_id, "WebAuthnConfiguration": settings_of(properties)})


def _copy_of(store: Any) -> Any:
    copied = type(store)()
    copied._data.update({key: list(value) if isinstance(value, list) else value for key, value in store._data.items()})
    return copied
