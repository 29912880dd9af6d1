"""Use cases of the practice context."""

from chalicelib.practice.accounts import AddressTaken, PasswordRefused
from chalicelib.practice.service.audit import read_client_trail, read_practice_trail, seal
from chalicelib.practice.service.authenticators import forget_authenticator, reset_authenticator, reset_by_operator
from chalicelib.practice.service.clients import (
    add_client,
    add_guardian,
    change_client,
    list_clients,
    remove_guardian,
    see_client,
)
from chalicelib.practice.service.doors import (
    bring_account_up_to_date,
    ensure_sign_in,
    forgot_password,
    look_at_door,
    make_door,
    open_door,
)
from chalicelib.practice.service.entering import STEP_COOKIE, Entered, show_code, sign_in
from chalicelib.practice.service.entering_by_passkey import PASSKEY_COOKIE, ask_for_passkey, show_passkey, ways
from chalicelib.practice.service.founding import found_practice
from chalicelib.practice.service.leaving import parts_to_walk, take_leave
from chalicelib.practice.service.own_password import change_password
from chalicelib.practice.service.passkeys import add_passkey, ask_for_new, list_passkeys, remove_passkey
from chalicelib.practice.service.people import invite_again, invite_staff, note_invitation
from chalicelib.practice.service.reading import Addressees, addressees, card, person, practice, stand_as_owner
from chalicelib.practice.service.session import (
    COOKIE,
    end_earlier,
    end_other_sessions,
    end_session,
    end_sessions_of,
    list_sessions,
    refresh_session,
    sign_out,
    sign_out_everywhere,
)
from chalicelib.practice.service.settings import change_practice, see_practice
from chalicelib.practice.service.taking_out import take_out

__all__ = [
    "COOKIE",
    "PASSKEY_COOKIE",
    "STEP_COOKIE",
    "AddressTaken",
    "Addressees",
    "Entered",
    "PasswordRefused",
    "add_client",
    "add_guardian",
    "add_passkey",
    "addressees",
    "ask_for_new",
    "ask_for_passkey",
    "bring_account_up_to_date",
    "card",
    "change_client",
    "change_password",
    "change_practice",
    "end_earlier",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "ensure_sign_in",
    "forget_authenticator",
    "forgot_password",
    "found_practice",
    "invite_again",
    "invite_staff",
    "list_clients",
    "list_passkeys",
    "list_sessions",
    "look_at_door",
    "make_door",
    "note_invitation",
    "open_door",
    "parts_to_walk",
    "person",
    "practice",
    "read_client_trail",
    "read_practice_trail",
    "refresh_session",
    "remove_guardian",
    "remove_passkey",
    "reset_authenticator",
    "reset_by_operator",
    "seal",
    "see_client",
    "see_practice",
    "show_code",
    "show_passkey",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "stand_as_owner",
    "take_leave",
    "take_out",
    "ways",
]
