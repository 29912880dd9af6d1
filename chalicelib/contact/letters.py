"""A letter as a mail: the plain text and the HTML say the same, made from one definition."""

from html import escape

from chalicelib.contact.model import Letter
from chalicelib.foundation.mail import Mail

# Inline, because mail programs drop style sheets; colours and sizes are those of the site.
_PAGE = "margin:0;background:#fbf8f3;color:#23302f;font:16px/1.55 'Atkinson Hyperlegible Next',Verdana,sans-serif"
_CARD = "max-width:560px;margin:0 auto;padding:32px 24px"
_BUTTON = (
    "display:inline-block;padding:13px 28px;border-radius:24px;background:#25635a;color:#ffffff;"
    "font-weight:bold;text-decoration:none"
)
_SMALL = "margin:24px 0 0;padding-top:16px;border-top:1px solid #e7dfd2;color:#5c6b69;font-size:14px"
_LINK = "color:#25635a"


def compose(letter: Letter, practice_name: str) -> Mail:
    """Write a letter as the mail of a practice.

    The HTML has a language, a title, one column and one link of words; it asks for nothing from elsewhere, so that
    opening it tells nobody.
    """
    greeting = f"Hello {first_name(letter.to.name)},"
    return Mail(
        to=letter.to.email,
        subject=letter.subject,
        text=_text(letter, greeting, practice_name),
        html=_html(letter, greeting, practice_name),
        unsubscribe=letter.unsubscribe_url,
    )


def first_name(name: str) -> str:
    """Return what somebody is greeted by."""
    return next(iter(name.split()), name)


def _text(letter: Letter, greeting: str, practice_name: str) -> str:
    parts = [
        greeting,
        *letter.lines,
        f"{letter.button_label}:\n{letter.button_url}",
        practice_name,
        f"-- \n{letter.why}",
    ]
    if letter.unsubscribe_url:
        parts.append(f"Stop these reminders:\n{letter.unsubscribe_url}")
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter, greeting: str, practice_name: str) -> str:
    lines = "".join(f'<p style="margin:0 0 16px">{escape(line)}</p>' for line in (greeting, *letter.lines))
    stop = (
        f' <a href="{escape(letter.unsubscribe_url)}" style="{_LINK}">Stop these reminders</a>.'
        if letter.unsubscribe_url
        else ""
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(letter.subject)}</title></head>"
        f'<body style="{_PAGE}"><div role="article" aria-label="{escape(letter.subject)}" style="{_CARD}">{lines}'
        f'<p style="margin:24px 0"><a href="{escape(letter.button_url)}" style="{_BUTTON}">'
        f"{escape(letter.button_label)}</a></p>"
        f'<p style="margin:0">{escape(practice_name)}</p>'
        f'<p style="{_SMALL}">{escape(letter.why)}{stop}</p></div></body></html>\n'
    )
