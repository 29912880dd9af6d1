/** The rules of pins: comments at their moments in a recording. No DOM, so that they can be tested. */

export interface Pin {
  id: string
  at_s: number
  text: string
}

export interface NumberedPin extends Pin {
  number: number
}

/** Pins in time order, numbered from 1: the numbers of the list of comments. */
export function numberPins(pins: readonly Pin[]): NumberedPin[] {
  return [...pins].sort((a, b) => a.at_s - b.at_s || a.id.localeCompare(b.id)).map((pin, index) => ({ ...pin, number: index + 1 }))
}
