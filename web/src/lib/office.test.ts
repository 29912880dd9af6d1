import { describe, expect, it } from 'vitest'
import { addressesFor, resourceFor, withPlaces } from './author-media'
import { newBlock } from './author-blocks'
import { sayAboutLesson, sayLessons, sayPublished, sayPublishing } from './author-words'
import { explainFile, FILE_KINDS, libraryFault, mediaTypeOf, sayFile, titleFrom } from './library-words'
import { ClientForm } from './office-client.svelte'
import { emailFault, isMeant, readLongest, readTurnaround, sayRoles, sayTurnaround } from './office-words'
import { sayZone, zoneOptions } from './zones'

describe('finding by name', () => {
  it.each([
    ['José Álvarez', 'jose', true],
    ['José Álvarez', 'alv jos', true],
    ['Ruth Adeyemi', ' ADEY', true],
    ['Ruth Adeyemi', 'marek', false],
  ])('%s by “%s”: %s', (name, typed, found) => {
    expect(isMeant(name, typed)).toBe(found)
  })
})

it('says roles and turnarounds', () => {
  expect(sayRoles(['therapist', 'owner', 'client'])).toBe('Therapist and owner')
  expect([24, 48, 36, 1].map(sayTurnaround)).toEqual(['1 day', '2 days', '36 hours', '1 hour'])
  expect(['20', '19', '121', 'x', ' 120 '].map(readLongest)).toEqual([20, undefined, undefined, undefined, 120])
  expect(['48', '0', '337', 'x', ' 36 '].map(readTurnaround)).toEqual([48, undefined, undefined, undefined, 36])
})

it('says how to mend an address', () => {
  expect(['', 'dana', 'dana@', 'dana@example.org'].map(emailFault)).toEqual([expect.stringContaining('Write'), expect.stringContaining('@'), expect.stringContaining('after the @'), undefined])
})

describe('a new client', () => {
  const therapists = [
    { person_id: 'i', name: 'Ines Duarte' },
    { person_id: 'j', name: 'Jonas Lind' },
  ]

  it('is asked who signs in and who answers', () => {
    const form = new ClientForm({ zone: 'Europe/Lisbon', therapists, me: 'nora' })
    expect([...form.faults.keys()]).toEqual(['name', 'ways', 'lead'])
    expect(form.therapistOptions[0]?.label).toBe('Choose a therapist')
    form.setLead('j')
    expect(form.others.map((one) => one.value)).toEqual(['i'])
    form.also = ['i']
    form.setLead('i')
    expect(form.body.therapist_ids).toEqual(['i'])
  })

  it('has guardians with an address each', () => {
    const form = new ClientForm({ zone: 'Europe/Lisbon', therapists, me: 'j' })
    form.name = 'Theo'
    form.ways = 'both'
    form.email = 'theo@example.org'
    form.addGuardian()
    const [first, second] = form.guardians
    if (!first || !second) throw new Error('two guardians')
    first.name = 'Dana'
    first.email = 'Theo@example.org '
    second.name = 'Ben'
    second.email = 'ben@example.org'
    expect([...form.faults]).toEqual([[`guardian/${first.key}/email`, expect.stringContaining('twice')]])
    form.removeGuardian(first.key)
    expect(form.faults.size).toBe(0)
    expect(form.body).toEqual({ name: 'Theo', time_zone: 'Europe/Lisbon', email: 'theo@example.org', guardians: [{ name: 'Ben', email: 'ben@example.org' }], therapist_ids: ['j'] })
    expect(form.emails).toEqual(['theo@example.org', 'ben@example.org'])
  })

  it('sends only what belongs to the chosen way in', () => {
    const form = new ClientForm({ zone: 'UTC', therapists: [{ person_id: 'i', name: 'Ines' }], me: 'nora' })
    form.name = 'Ruth'
    form.ways = 'own'
    form.email = 'ruth@example.org'
    expect(form.faults.size).toBe(0)
    expect([form.body.guardians, form.body.therapist_ids]).toEqual([[], ['i']])
  })
})

describe('files', () => {
  it('are looked at before they are sent', () => {
    const file = (name: string, type: string, size = 1000) => ({ name, type, size })
    expect(libraryFault('video', file('a.mov', ''))).toBeUndefined()
    expect(libraryFault('video', file('a.pdf', 'application/pdf'))).toContain('not a video')
    expect(libraryFault('image', file('a.png', 'image/png', 11 * 1024 ** 2))).toContain('10 MB')
    expect(libraryFault('image', file('a.svg', 'image/svg+xml'))).toContain('not a picture')
    expect(libraryFault('document', file('a.pdf', ''))).toBeUndefined()
    expect(libraryFault('audio', file('a.webm', 'video/webm', 0))).toContain('empty')
    expect(mediaTypeOf(file('x', 'video/webm;codecs=vp9'))).toBe('video/webm')
  })

  it('are called by their name without its ending', () => {
    expect(titleFrom('How_sh is  made.MOV')).toBe('How sh is made')
  })

  it('say how they are', () => {
    expect(sayFile({ kind: 'video', state: 'ready', duration_s: 160 })).toBe('2:40')
    expect(sayFile({ kind: 'document', state: 'processing' })).toBe('Being checked')
    expect(sayFile({ kind: 'video', state: 'awaiting_upload' }, true)).toBe('On its way')
    expect(explainFile({ kind: 'video', state: 'rejected', reason: 'It ends before its end.' })).toBe('It ends before its end.')
    expect(explainFile({ kind: 'video', state: 'awaiting_upload' })).toContain('another browser')
    expect(FILE_KINDS.map((kind) => explainFile({ kind, state: 'uploaded' }))).not.toContain('')
  })

  it('of a block are as the library has them, else as the lesson says', () => {
    const video = newBlock('video', 'v', { resource_id: 'r', title: 'A hard talk', alt: '' })
    expect(resourceFor(video, { r: { state: 'processing' } }, undefined)).toMatchObject({ title: 'A hard talk', state: 'processing' })
    expect(resourceFor(video, { r: { play_url: '/p' } }, undefined)?.state).toBe('ready')
    expect(resourceFor(newBlock('text', 't'), {}, undefined)).toBeUndefined()
    expect(addressesFor([video], {}, () => undefined)).toEqual({ r: { play_url: null, poster_url: null, captions_url: null } })
    expect(addressesFor([video], { r: { captions_url: '/old.vtt' } }, () => undefined)['r']?.captions_url).toBe('/old.vtt')
  })
})

it('gives unwritten words a place in the client’s view', () => {
  const [choice, link] = withPlaces([newBlock('choice', 'c'), newBlock('link', 'l')])
  expect(choice).toMatchObject({ prompt: 'Your question', options: ['Answer 1', 'Answer 2'] })
  expect(link).toMatchObject({ label: 'Where it leads' })
})

it('says what is published and who keeps what', () => {
  expect(sayPublished(0, true)).toContain('no client sees it')
  expect(sayPublished(3, true)).toBe('Version 3 is published and stays as it is.')
  expect(sayPublishing(4)).toBe('New clients start with it. Those on version 3 or before keep theirs.')
  expect(sayLessons([10, 20])).toBe('2 lessons, about 15 minutes each.')
  expect(sayAboutLesson(12, [newBlock('exercise', 'e'), newBlock('scale', 's'), newBlock('recording', 'r')])).toBe('About 12 minutes, an exercise, one answer and one video')
})

it('names time zones by their place, and keeps one that the browser does not know', () => {
  expect(sayZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires (Argentina, America)')
  expect(zoneOptions(['Mars/Base']).map((one) => one.value)).toContain('Mars/Base')
})
