import { expect, it } from 'vitest'
import { readMoney, sayMoney } from './money'

it('an amount stands before its sign with both decimals', () => {
  expect(sayMoney({ amount: 14800, currency: 'EUR' })).toBe('148.00\u00a0€')
  expect(sayMoney({ amount: 123456, currency: 'GBP' })).toBe('1,234.56\u00a0£')
  expect(sayMoney({ amount: -500, currency: 'EUR' })).toBe('−5.00\u00a0€')
})
it('a currency without minor units has no decimals', () => {
  expect(sayMoney({ amount: 148, currency: 'JPY' })).toBe('148\u00a0¥')
  expect(readMoney('148', 'JPY')).toBe(148)
  expect(readMoney('148.5', 'JPY')).toBeUndefined()
})
it('what people type becomes minor units without rounding', () => {
  expect(readMoney('148', 'EUR')).toBe(14800)
  expect(readMoney('148,5', 'EUR')).toBe(14850)
  expect(readMoney('1 480.05', 'EUR')).toBe(148005)
  expect(readMoney('0.29', 'EUR')).toBe(29)
})
it('what is no amount is refused, not guessed', () => {
  for (const text of ['', 'abc', '-5', '1.234', '1,2,3']) expect(readMoney(text, 'EUR')).toBeUndefined()
})
