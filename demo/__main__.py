"""Create the demo practice: `python -m demo --origin URL`.

MAIL_URL says where the mail is read, OPERATE_FUNCTION names the operator's function, STATE where the keys of
the staff's authenticators are kept; AWS credentials are in the environment.
"""

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from demo.codes import KEYS, Authenticator
from demo.mailbox import Mailbox
from demo.practice import PEOPLE, make_practice


def _operate(command: Mapping[str, Any]) -> Any:
    function = os.environ["OPERATE_FUNCTION"]
    reply = boto3.client("lambda").invoke(FunctionName=function, Payload=json.dumps(command).encode())
    answered = json.loads(reply["Payload"].read())
    if "FunctionError" in reply:
        message = f"The operator's function refused: {answered}"
        raise RuntimeError(message)
    return answered


def main() -> None:
    """Make the practice and say who can sign in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    phone = Authenticator(Path(os.environ["STATE"]) / KEYS)
    make_practice(parser.parse_args().origin, Mailbox(os.environ["MAIL_URL"]), _operate, phone=phone)
    print(PEOPLE)


if __name__ == "__main__":
    main()
