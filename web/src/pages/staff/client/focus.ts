import { tick } from 'svelte'

/** A form that has just been opened: the first thing to fill in takes focus. */
export function first(node: HTMLElement): void {
  node.querySelector<HTMLElement>('input, select, textarea')?.focus()
}

/** A form that has been shut: focus goes back to what opened it, or to what stands there now. */
export async function back(place: HTMLElement | undefined): Promise<void> {
  await tick()
  place?.querySelector<HTMLElement>('.opener :is(button, a)')?.focus()
}
