"""Money: integer minor units with their currency, never a float."""

from typing import Annotated

import msgspec

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code")]

# ISO 4217:2015, the currencies whose minor unit is not a hundredth.
_EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}


class Money(msgspec.Struct, frozen=True):
    """An amount, in minor units (cents) of a currency."""

    minor: int
    currency: Currency

    def __str__(self) -> str:
        """Write the amount as our pages do: `148.00 €`."""
        exponent = _EXPONENTS.get(self.currency, 2)
        whole, rest = divmod(abs(self.minor), 10**exponent)
        digits = f"{whole:,}".replace(",", " ") + (f".{rest:0{exponent}}" if exponent else "")
        return f"{'−' if self.minor < 0 else ''}{digits} {_SIGNS.get(self.currency, self.currency)}"
