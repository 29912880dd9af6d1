/** The files of a lesson: what its program knows of them, and what the library knows. */
import { fileOf, nameOf } from './author-blocks'
import type { Block, Media as Addresses } from './client-api'
import type { LibraryState } from './library-words'
import type { Resource } from './office-api'

export interface Media {
  /** A client's own copy says none: what is in it was ready when it was published. */
  state?: LibraryState
  play_url?: string | null
  poster_url?: string | null
  captions_url?: string | null
}

/** The file that a block shows: as the library has it, else as much as the lesson's own media say. */
export function resourceFor(block: Block, media: Readonly<Record<string, Media>>, known: Resource | undefined): Resource | undefined {
  if (known) return known
  const resource_id = fileOf(block)
  const use = resource_id === undefined ? undefined : media[resource_id]
  if (!resource_id || !use) return undefined
  const kind = block.kind === 'image' ? 'image' : block.kind === 'document' ? 'document' : 'video'
  return { resource_id, kind, title: nameOf(block), alt: block.kind === 'image' ? block.alt : '', state: use.state ?? 'ready', play_url: use.play_url ?? null, poster_url: use.poster_url ?? null, sprite_url: null, timeline_url: null, captions_url: use.captions_url ?? null, reason: null, duration_s: null, at: '' }
}

/** Blocks for the client's view: words that are not written yet have their place, so that it can be looked at. */
export function withPlaces(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => {
    if (block.kind === 'choice' || block.kind === 'several') {
      return { ...block, prompt: block.prompt.trim() || 'Your question', options: block.options.map((option, index) => option.trim() || `Answer ${index + 1}`) }
    }
    if ('prompt' in block) return { ...block, prompt: block.prompt.trim() || (block.kind === 'recording' ? 'What is asked for' : 'Your question') }
    if (block.kind === 'link') return { ...block, label: block.label.trim() || 'Where it leads', url: block.url || 'about:blank' }
    if (block.kind === 'image') return { ...block, alt: block.alt.trim() || 'A picture without words' }
    return 'title' in block && block.kind !== 'text' ? { ...block, title: block.title.trim() || nameOf(block) } : block
  })
}

/** Addresses for the client's view: of the lesson, and of what was chosen since. */
export function addressesFor(blocks: readonly Block[], media: Readonly<Record<string, Media>>, find: (id: string) => Resource | undefined): Record<string, Addresses> {
  const found: Record<string, Addresses> = {}
  for (const block of blocks) {
    const id = fileOf(block)
    if (!id) continue
    const known = find(id)
    const own = media[id]
    found[id] = { play_url: own?.play_url ?? known?.play_url ?? null, poster_url: own?.poster_url ?? known?.poster_url ?? null, captions_url: (known ?? own)?.captions_url ?? null }
  }
  return found
}
