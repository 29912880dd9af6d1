/** Money is integer minor units with its currency, as the API sends it. */
export interface Money {
  amount: number
  currency: string
}

/** How many minor units make one: 100 for the euro, 1 for the yen, 1000 for the Bahraini dinar. */
export function minorUnits(currency: string): number {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
  return 10 ** (digits ?? 2)
}

/** "148.00 €": the amount first, the sign after it, a space between that does not break. */
export function sayMoney({ amount, currency }: Money, locale = 'en-GB'): string {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(
    amount / minorUnits(currency),
  )
  const sign = parts.find((part) => part.type === 'currency')?.value ?? currency
  const number = parts
    .filter((part) => part.type !== 'currency' && part.type !== 'literal')
    .map((part) => (part.type === 'minusSign' ? '−' : part.value))
    .join('')
  return `${number}\u00a0${sign}`
}

/** What somebody typed ("148", "148,5", "1 480.00") in minor units; undefined when it is no amount. */
export function readMoney(text: string, currency: string): number | undefined {
  const tidy = text.replace(/[\s\u00a0]/g, '').replace(',', '.')
  const units = minorUnits(currency)
  const digits = Math.round(Math.log10(units))
  const match = /^(\d{1,9})(?:\.(\d*))?$/.exec(tidy)
  if (!match) return undefined
  const fraction = match[2] ?? ''
  if (fraction.length > digits) return undefined
  return Number(match[1]) * units + Number(fraction.padEnd(digits, '0') || 0)
}
