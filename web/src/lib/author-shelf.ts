/** Lessons that were written and not saved, on this device, for the one who wrote them. */
import type { DraftShelf } from './author-desk.svelte'
import { session } from './session.svelte'

const ALL = 'meanwhile.author.'

/** `name` says which lesson: a program's, or a client's own copy. */
export function draftShelf(name: string): DraftShelf {
  const place = `${ALL}${session.person?.person_id ?? 'nobody'}.${name}`
  return {
    read() {
      try {
        return (JSON.parse(localStorage.getItem(place) ?? 'null') as ReturnType<DraftShelf['read']> | null) ?? undefined
      } catch {
        return undefined
      }
    },
    write(draft) {
      try {
        if (draft) localStorage.setItem(place, JSON.stringify(draft))
        else localStorage.removeItem(place)
      } catch {
        // No room: then it is on the page only, which says that it is not saved.
      }
    },
  }
}

session.onLeave(() => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(ALL)) localStorage.removeItem(name)
  } catch {
    // Nothing was kept either.
  }
})
