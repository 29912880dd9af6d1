import { describe, expect, it } from 'vitest'
import { numberPins } from './video'
import { keyMove, pinAt, place } from './video-keys'

const plain = { ctrlKey: false, metaKey: false, altKey: false }
const press = (key: string, target: Element | null = document.body, inside = false, everywhere = true) => keyMove({ ...plain, key }, target, inside, everywhere)

function made(html: string): Element {
  document.body.innerHTML = html
  return document.body.querySelector('[data-here]') ?? document.body
}

describe('keys', () => {
  it('play, step, repeat and change the speed on the whole page', () => {
    expect([' ', ',', '.', 'i', 'O', '[', ']', 'l', '<', '>'].map((key) => press(key))).toEqual(['play', 'frame-back', 'frame-on', 'from', 'to', 'from', 'to', 'off', 'slower', 'faster'])
  })
  it('leave a comment that is being written alone', () => {
    for (const html of ['<textarea data-here></textarea>', '<input data-here>', '<select data-here></select>', '<div contenteditable="true"><b data-here></b></div>']) {
      expect([' ', '.', 'i', 'Home'].map((key) => press(key, made(html), true))).toEqual([undefined, undefined, undefined, undefined])
    }
  })
  it('leave a dialog alone', () => {
    expect(press('.', made('<dialog open><button data-here></button></dialog>'))).toBeUndefined()
  })
  it('leave space to whatever has focus and takes it', () => {
    for (const html of ['<button data-here></button>', '<input type="radio" data-here>', '<input type="checkbox" data-here>']) {
      expect(press(' ', made(html))).toBeUndefined()
      expect(press(',', made(html))).toBe('frame-back')
    }
    expect(press(' ', made('<input type="range" data-here>'))).toBe('play')
  })
  it('move by arrows where the player has the focus, and nothing in it takes them', () => {
    const button = made('<button data-here></button>')
    expect(['ArrowLeft', 'ArrowRight', 'Home', 'End'].map((key) => press(key, button, true))).toEqual(['back', 'on', 'start', 'end'])
    expect(press('ArrowRight', button, false)).toBeUndefined()
    for (const type of ['range', 'radio']) expect(press('ArrowRight', made(`<input type="${type}" data-here>`), true)).toBeUndefined()
  })
  it('are the player’s alone when that is wanted', () => {
    expect(press('.', document.body, false, false)).toBeUndefined()
    expect(press('.', document.body, true, false)).toBe('frame-on')
  })
  it('leave the browser’s own shortcuts alone', () => {
    expect(keyMove({ ...plain, ctrlKey: true, key: '.' }, document.body)).toBeUndefined()
    expect(keyMove({ ...plain, altKey: true, key: 'ArrowLeft' }, document.body, true)).toBeUndefined()
  })
})

describe('the line', () => {
  const pins = numberPins([
    { id: 'b', at_s: 41, text: 'second' },
    { id: 'a', at_s: 18, text: 'first' },
  ])
  it('has pins that speak for a few seconds after their moment', () => {
    expect(pinAt(pins, 17)).toBeUndefined()
    expect(pinAt(pins, 19)?.number).toBe(1)
    expect(pinAt(pins, 30)).toBeUndefined()
    expect(pinAt(pins, 41)?.number).toBe(2)
  })
  it('has places even while its length is unknown', () => {
    expect(place(5, Number.NaN)).toBe(0)
    expect(place(5, Number.POSITIVE_INFINITY)).toBe(0)
    expect(place(5, 10)).toBe(0.5)
    expect(place(12, 10)).toBe(1)
  })
})
