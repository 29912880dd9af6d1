import { expect, it } from 'vitest'
import { rec } from '../fixtures/lessons'
import { doubtsOf } from './recording-doubts'

const DAMAGED = 'Parts of this recording could not be read. The picture may stand still or show blocks for a moment.'
const QUIET = 'There is almost nothing to hear in this recording.'

it('a recording that is whole and can be heard is shown without a word', () => {
  expect(doubtsOf(rec('ready', { loudness_lufs: -22.7, damaged: false }))).toEqual([])
})

it('what could not be read is said, and what can hardly be heard', () => {
  expect(doubtsOf(rec('ready', { loudness_lufs: -52, damaged: true }))).toEqual([DAMAGED, QUIET])
})

it('a voice in which nothing was measured is silent, a video may be meant so', () => {
  expect(doubtsOf(rec('ready', { kind: 'audio', loudness_lufs: null, timeline_url: '/t' }))).toEqual([QUIET])
  expect(doubtsOf(rec('ready', { kind: 'video', loudness_lufs: null, timeline_url: '/t' }))).toEqual([])
})

it('a voice from before there were measures is not called silent', () => {
  expect(doubtsOf(rec('ready', { kind: 'audio', loudness_lufs: null, timeline_url: null }))).toEqual([])
})
