"""An authenticator, as somebody in a test has it."""

import time

from demo.codes import STEP_S, code

from .gateway import Gateway, Reply


class Phone:
    """Shows codes that were not shown before. Cognito takes one of before and one of after, so there are three."""

    def __init__(self) -> None:
        self.key = ""
        self._offsets = [-STEP_S, STEP_S, 0]

    def code(self) -> str:
        return code(self.key, time.time() + self._offsets.pop())

    def enter(self, gateway: Gateway, reply: Reply) -> Reply:
        """Go on from an answer that asks for a code, or for a new authenticator."""
        assert reply.status == 200, reply.body
        step = reply.body["step"]
        if step["kind"] == "set_up":
            self.__init__()  # type: ignore[misc]
            self.key = step["key"]
        return show(gateway, self.code(), reply)


def show(gateway: Gateway, shown: str, reply: Reply) -> Reply:
    """Show a code in the browser that had a reply."""
    return gateway.call("POST", "/api/session/code", {"code": shown}, cookie=reply.cookie)
