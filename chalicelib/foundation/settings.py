"""What the stack tells a function through its environment."""

import os
from functools import cache

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One function's view of its stack. Names are those of the environment, in lower case."""

    stage: str
    table: str
    uploads_bucket: str
    media_bucket: str
    audit_bucket: str
    site_origin: str
    user_pool_id: str
    user_pool_client_id: str
    user_pool_client_secret: str = ""
    work_queue_url: str
    documents_queue_url: str
    uploads_queue_url: str
    uploads_parked_url: str
    mail_from: str
    tick_time_from_event: bool = False
    review_link_hours: int = 72
    origin_key: str = ""
    tries_an_address: int = 100
    asks_a_person: int = 600
    starts_a_person: int = 60
    convert_role: str = ""
    """Under what role MediaConvert works for us; empty where it does not."""

    @property
    def passkeys(self) -> bool:
        """Whether passkeys are offered. Only the client that knows them has a secret (infra/resources/people.yaml)."""
        return bool(self.user_pool_client_secret)

    @property
    def secure_cookies(self) -> bool:
        """Whether the site is served over TLS, as it is everywhere but on a laptop."""
        return self.site_origin.startswith("https:")


@cache
def settings() -> Settings:
    """Read the environment once. Raise msgspec.ValidationError where something is missing."""
    present = {field: os.environ[field.upper()] for field in Settings.__struct_fields__ if field.upper() in os.environ}
    return msgspec.convert(present, Settings, strict=False)
