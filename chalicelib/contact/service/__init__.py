"""What contact does: letters, reminders, and doors for those who are asked in."""

from chalicelib.contact.model import Addressee, ContactLine, Letter
from chalicelib.contact.service.doors import invite, send_new_password, tell_of_passkey, tell_of_password, tell_of_reset
from chalicelib.contact.service.post import keep_line, not_sent, send_letter, write_to_side
from chalicelib.contact.service.reminders import (
    change_reminders,
    claim_reminder,
    note_practice,
    reminders,
    send_reminder,
    unsubscribe,
)

__all__ = [
    "Addressee",
    "ContactLine",
    "Letter",
    "change_reminders",
    "claim_reminder",
    "invite",
    "keep_line",
    "not_sent",
    "note_practice",
    "reminders",
    "send_letter",
    "send_new_password",
    "send_reminder",
    "tell_of_passkey",
    "tell_of_password",
    "tell_of_reset",
    "unsubscribe",
    "write_to_side",
]
