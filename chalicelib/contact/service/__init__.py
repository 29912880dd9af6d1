"""What contact does: letters, reminders, and doors for those who are asked in."""

from chalicelib.contact.model import Addressee, ContactLine, Letter
from chalicelib.contact.service.post import keep_line, not_sent, send_letter
from chalicelib.contact.service.reminders import change_reminders, reminders, unsubscribe

__all__ = [
    "Addressee",
    "ContactLine",
    "Letter",
    "change_reminders",
    "keep_line",
    "not_sent",
    "reminders",
    "send_letter",
    "unsubscribe",
]
