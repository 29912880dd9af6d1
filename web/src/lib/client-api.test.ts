import { expect, it } from 'vitest'
import type * as own from './client-api'
import type { components } from './schema'

type Api = components['schemas']
/** What the API sends can be read as what the pages expect. A failure here is a type error of `npm run check`. */
type Fits<Given extends Expected, Expected> = [Given, Expected]

/** A recording's `media` is wider in the API than what the editor offers, so blocks are held one by one. */
type Without<T> = Omit<T, 'lesson'>

export type Held = [
  Fits<Api['Today'], own.Today>,
  Fits<Api['ProgramPage'], own.ProgramPage>,
  Fits<Without<Api['LessonView']>, Without<own.LessonView>>,
  Fits<Api['Sent'], own.Sent>,
  Fits<Without<Api['SubmissionView']>, Without<own.SubmissionView>>,
  Fits<Exclude<Api['Lesson']['blocks'][number], { kind: 'recording' }>, own.Block>,
  Fits<Api['Progress'], own.Progress>,
  Fits<Api['Reminders'], own.Reminders>,
  Fits<Api['ClientInvoices'], own.Invoices>,
  Fits<Api['RecordingView'], own.RecordingView>,
  Fits<Api['Ticket'], own.Ticket>,
  // and the other way round for what is sent
  Fits<own.RemindersChange, Api['ChangeReminders']>,
  Fits<{ value: own.Value }, Api['PutAnswer']>,
]

it('what the pages expect is held against the generated types', () => {
  const held: Held | undefined = undefined
  expect(held).toBeUndefined()
})
