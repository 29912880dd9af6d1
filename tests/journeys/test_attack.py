"""Whatever is sent by whomever, the whole way through gateway, authorizer and function answers as it promises.

tests/unit/test_attack.py sends much more of it to the app alone.
"""

import pytest
from schemathesis import Response

from chalicelib.foundation.actor import Role
from demo.mailbox import Mailbox
from infra.stack import Stack
from tests.attacking import NOBODY, AnyCase, Operation, attack, operations
from tests.journeys.people import House

TIMES = 1
SLICE = ("/api/audit", "/api/clients", "/api/people", "/api/practice", "/api/retention", "/api/clients/{client_id}")
"""One address of each kind: lists, settings, something that is made, a record."""


class Attacked:
    """A house of the attack's own."""

    def __init__(self, house: House) -> None:
        self.origin = house.stack.origin
        therapist = house.therapist("Theo Therapist")
        guarded = house.client("Gil Guarded", "Theo Therapist", guardian="Gus Guardian")
        alone = house.client("Cleo Client", "Theo Therapist")
        self.ids = {"client_id": alone.client_id}
        self.tokens = {
            Role.OWNER: house.owner._token,
            Role.THERAPIST: therapist._token,
            Role.GUARDIAN: guarded.person._token,
            Role.CLIENT: alone.person._token,
        }

    def ask(self, case: AnyCase, who: str) -> Response:
        headers = {} if who == NOBODY else {"Authorization": f"Bearer {self.tokens[Role(who)]}"}
        return case.call(base_url=self.origin, headers=headers)


@pytest.fixture(scope="module")
def attacked(stack: Stack, mailbox: Mailbox) -> Attacked:
    return Attacked(House(stack, mailbox))


@pytest.mark.parametrize("operation", [one for one in operations() if one.path in SLICE], ids=lambda one: one.label)
def test_whatever_is_sent_over_http_is_answered_as_the_document_says(attacked: Attacked, operation: Operation) -> None:
    attack(operation, attacked.ask, attacked.ids, TIMES)
