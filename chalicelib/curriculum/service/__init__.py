"""What is done with the library and the programs: filling, writing, putting into order, publishing."""

from chalicelib.curriculum.service.captions import put_captions, take_out_captions
from chalicelib.curriculum.service.editions import (
    check_change,
    edition,
    media_urls,
    publish_program,
    see_edition,
)
from chalicelib.curriculum.service.lengths import check_lengths
from chalicelib.curriculum.service.library import give_up_resource, library, open_resource
from chalicelib.curriculum.service.programs import (
    add_lesson,
    change_program,
    create_program,
    program,
    programs,
    save_lesson,
)

__all__ = [
    "add_lesson",
    "change_program",
    "check_change",
    "check_lengths",
    "create_program",
    "edition",
    "give_up_resource",
    "library",
    "media_urls",
    "open_resource",
    "program",
    "programs",
    "publish_program",
    "put_captions",
    "save_lesson",
    "see_edition",
    "take_out_captions",
]
