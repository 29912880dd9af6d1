"""Money: integer minor units with their currency, never a float."""

from typing import Annotated

import msgspec

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code")]

# ISO 4217:2015, the currencies whose minor unit is not a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)
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
