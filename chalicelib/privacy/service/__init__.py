"""What is done about keeping, copying and erasing."""

from chalicelib.privacy.service.asking import ask_for_copy, copy_url, see_data
from chalicelib.privacy.service.erasing import erase_client, go_on_erasing, see_erasure
from chalicelib.privacy.service.keeping import change_keeping, change_retention, see_keeping, see_retention
from chalicelib.privacy.service.packing import let_copy_go, make_file, plan_copy, say_copy_is_ready
from chalicelib.privacy.service.retaining import keep_no_longer

__all__ = [
    "ask_for_copy",
    "change_keeping",
    "change_retention",
    "copy_url",
    "erase_client",
    "go_on_erasing",
    "keep_no_longer",
    "let_copy_go",
    "make_file",
    "plan_copy",
    "say_copy_is_ready",
    "see_data",
    "see_erasure",
    "see_keeping",
    "see_retention",
]
