import { describe, expect, it } from 'vitest'
import { blockFaults, type BlockOf, firstWords, KINDS, type Kind, lessonFaults, moved, nameOf, newBlock, newBlockId, readCount, readLimit, refusedAt, sayLength, summaryOf } from './author-blocks'

const kinds = Object.keys(KINDS) as Kind[]
const block = <K extends Kind>(kind: K, change: Partial<BlockOf<K>> = {}) => ({ ...newBlock(kind, 'a', { resource_id: 'r', title: 'A hard talk', alt: 'Two people' }), ...change }) as BlockOf<K>

describe('a new block', () => {
  it.each(kinds)('%s has a name and a summary before anybody wrote in it', (kind) => {
    expect(nameOf(newBlock(kind, 'a'))).not.toBe('')
    expect(() => summaryOf(newBlock(kind, 'a'))).not.toThrow()
  })

  it('that shows a file begins complete', () => {
    expect((['video', 'document', 'image', 'text'] as const).flatMap((kind) => blockFaults(block(kind)))).toEqual([])
  })

  it('gets an id that the API takes and no other block has', () => {
    const numbers = [0.5, 0.5, 0.25]
    const first = newBlockId([], () => 0.5)
    expect(first).toMatch(/^[a-z0-9-]{1,32}$/)
    expect(newBlockId([first], () => numbers.shift() ?? 0)).not.toBe(first)
  })
})

describe('faults', () => {
  const fields = (made: Parameters<typeof blockFaults>[0]) => blockFaults(made).map((fault) => fault.field)

  it('name each field that the API would refuse', () => {
    expect(fields(block('choice', { prompt: 'Which?', options: ['ship', 'Ship ', ''] }))).toEqual(['options/2', 'options/1'])
    expect(fields(block('several', { prompt: '', options: ['ship'] }))).toEqual(['prompt', 'options'])
    expect(fields(block('link', { label: 'The app', url: 'http://example.org' }))).toEqual(['url'])
    expect(fields(block('image', { alt: ' ' }))).toEqual(['alt'])
    expect(fields(block('exercise', { title: 'Bend', sets: NaN, hold_s: 1000 }))).toEqual(['sets', 'hold_s'])
    expect(fields(block('number', { prompt: 'How far?', least: 5, most: 2 }))).toEqual(['most'])
    expect(fields(block('recording', { prompt: 'From the side', longest_s: 4 }))).toEqual(['longest_s'])
  })

  it('say what the lesson itself lacks', () => {
    expect(lessonFaults({ title: ' ', minutes: NaN, blocks: [block('scale')] }).map((fault) => [fault.block_id, fault.field])).toEqual([
      [undefined, 'title'],
      [undefined, 'minutes'],
      ['a', 'prompt'],
    ])
  })

  it('of the API find their field', () => {
    const blocks = [block('text'), block('choice', { block_id: 'c' })]
    expect(refusedAt('Expected `str` of length <= 120 - at `$.blocks[1].options[2]`. Nothing was changed.', blocks)).toMatchObject({ block_id: 'c', field: 'options/2' })
    expect(refusedAt('Expected `str` of length <= 120 - at `$.title`. Nothing was changed.', blocks)).toMatchObject({ field: 'title' })
    expect(refusedAt('This lesson is too long.', blocks)).toBeUndefined()
    expect(refusedAt('at `$.blocks[7].title`', blocks)).toBeUndefined()
  })
})

describe('words', () => {
  it('sum a block up', () => {
    expect(summaryOf(block('exercise', { sets: 3, reps: 8, hold_s: 3, load: 'a chair', stop_above: 5 }))).toBe('3 sets of 8, hold 3\u00a0s, a chair, asks about pain, stop above 5')
    expect(summaryOf(block('recording', { media: 'audio', longest_s: 90 }))).toBe('Voice, up to 1 minute 30 seconds')
    expect(summaryOf(block('number', { unit: 'km', least: 0 }))).toBe('km, at least 0')
    expect(summaryOf(block('link', { url: 'https://example.org/walk' }))).toBe('example.org')
    expect(summaryOf(block('scale', { low: 'none', high: 'very easy' }))).toBe('0 is none, 10 is very easy')
  })

  it('name a text by its first line, without signs', () => {
    expect(nameOf(block('text', { title: '', markdown: '\n## Before you **start**\n- one' }))).toBe('Before you start')
    expect(firstWords('See [the app](https://example.org) and `code`')).toBe('See the app and code')
    expect(firstWords('x'.repeat(200), 10)).toBe('xxxxxxxxx…')
  })

  it('say a length', () => {
    expect([60, 150, 45].map(sayLength)).toEqual(['1 minute', '2 minutes 30 seconds', '45 seconds'])
  })
})

describe('what is typed', () => {
  it('is a count, or none', () => {
    expect(['', ' 12 ', '2.5', '-1'].map(readCount)).toEqual([0, 12, NaN, NaN])
  })

  it('is a limit, left out, or none', () => {
    expect(['', '2,5', '-3', 'x'].map(readLimit)).toEqual([null, 2.5, -3, NaN])
  })
})

it('moves by one place and stays at the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c'])
  expect(moved([], -1, 1)).toEqual([])
})
