import { createRawSnippet, flushSync, mount, unmount } from 'svelte'
import { afterEach, expect, it } from 'vitest'
import FormDialog from './FormDialog.svelte'

// jsdom knows the element, and not how it opens.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true
  this.querySelector('button')?.focus()
}
HTMLDialogElement.prototype.close = function () {
  this.open = false
}

const children = createRawSnippet(() => ({ render: () => '<p>When was it?</p>' }))
afterEach(() => document.body.replaceChildren())

it('a dialog that goes away with what asked for it gives the focus back', async () => {
  const opener = document.body.appendChild(document.createElement('button'))
  opener.focus()
  const dialog = mount(FormDialog, { target: document.body, props: { open: true, title: 'Was it paid?', children } })
  flushSync()
  expect(document.activeElement?.closest('dialog')?.open).toBe(true)
  await unmount(dialog)
  expect(document.activeElement).toBe(opener)
})
