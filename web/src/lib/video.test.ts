import { expect, it } from 'vitest'
import { numberPins } from './video'

it('pins are numbered in time order', () => {
  const pins = numberPins([
    { id: 'b', at_s: 41, text: 'second' },
    { id: 'a', at_s: 18, text: 'first' },
  ])
  expect(pins.map((pin) => [pin.number, pin.id])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
})
