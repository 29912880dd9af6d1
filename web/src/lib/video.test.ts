import { describe, expect, it } from 'vitest'
import { frameAt, frameWithinSecond, keyMove, numberPins, pinAt, place, saySpeed, stepFrame } from './video'

describe('stepping by frames', () => {
  it('moves exactly one frame, whatever the rate', () => {
    for (const fps of [24, 25, 29.97, 30, 59.94, 60]) {
      let at = 0.5 / fps
      for (let frame = 0; frame < 500; frame += 1) {
        expect(frameAt(at, fps)).toBe(frame)
        at = stepFrame(at, 1, 60, fps)
      }
      for (let frame = 500; frame > 0; frame -= 1) {
        expect(frameAt(at, fps)).toBe(frame)
        at = stepFrame(at, -1, 60, fps)
      }
    }
  })
  it('stays inside the video', () => {
    expect(frameAt(stepFrame(0, -1, 10))).toBe(0)
    expect(stepFrame(10, 1, 10)).toBeLessThanOrEqual(10)
  })
  it('names the frame within its second', () => {
    expect(frameWithinSecond(41 + 12.5 / 30)).toBe(12)
    expect(frameWithinSecond(41)).toBe(0)
  })
})

describe('pins', () => {
  const pins = numberPins([
    { id: 'b', at_s: 41, text: 'second' },
    { id: 'a', at_s: 18, text: 'first' },
  ])
  it('are numbered in time order', () => {
    expect(pins.map((pin) => [pin.number, pin.id])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })
  it('speak for a few seconds after their moment', () => {
    expect(pinAt(pins, 17)).toBeUndefined()
    expect(pinAt(pins, 19)?.number).toBe(1)
    expect(pinAt(pins, 30)).toBeUndefined()
    expect(pinAt(pins, 41)?.number).toBe(2)
  })
  it('stand on the line even while its length is unknown', () => {
    expect(place(5, Number.NaN)).toBe(0)
    expect(place(5, Number.POSITIVE_INFINITY)).toBe(0)
    expect(place(5, 10)).toBe(0.5)
    expect(place(12, 10)).toBe(1)
  })
})

describe('keys', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false }
  it('play and step', () => {
    expect(keyMove({ ...plain, key: ' ' }, document.body)).toBe('play')
    expect(keyMove({ ...plain, key: ',' }, document.body)).toBe('frame-back')
    expect(keyMove({ ...plain, key: '.' }, document.body)).toBe('frame-on')
  })
  it('leave a comment that is being written alone', () => {
    const area = document.createElement('textarea')
    expect(keyMove({ ...plain, key: '.' }, area)).toBeUndefined()
  })
  it('leave space to a button that has focus', () => {
    const button = document.createElement('button')
    expect(keyMove({ ...plain, key: ' ' }, button)).toBeUndefined()
    expect(keyMove({ ...plain, key: ',' }, button)).toBe('frame-back')
  })
  it('leave the browser’s own shortcuts alone', () => {
    expect(keyMove({ ...plain, ctrlKey: true, key: '.' }, document.body)).toBeUndefined()
  })
})

it('speeds are written as on the buttons', () => {
  expect([0.25, 0.5, 1, 2].map(saySpeed)).toEqual(['¼×', '½×', '1×', '2×'])
})
