import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('every named icon is drawn, and every drawn icon is named', () => {
  const here = `${process.cwd()}/src/kit`
  const named = [...readFileSync(`${here}/icons.ts`, 'utf8').matchAll(/\| '(\w+)'/g)].map((match) => match[1])
  const drawn = [...readFileSync(`${here}/icons.svg`, 'utf8').matchAll(/symbol id="(\w+)"/g)].map((match) => match[1])
  expect(named.length).toBeGreaterThan(40)
  // The mark of the house is drawn there too, and is no icon.
  expect([...drawn].sort()).toEqual([...named, 'brand'].sort())
})
