/** Short notes of what was just kept, with a way back. Shown by NoteHost at the foot of the page. */
export interface Note {
  id: number
  text: string
  undo?: () => void
}

class Notes {
  list = $state.raw<Note[]>([])
  #next = 1

  say(text: string, undo?: () => void): void {
    // One at a time: two notes would compete for the same few seconds.
    this.list = [{ id: this.#next++, text, undo }]
  }

  drop(id: number): void {
    this.list = this.list.filter((note) => note.id !== id)
  }
}

export const notes = new Notes()
