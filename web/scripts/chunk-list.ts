/**
 * Writes beside the pages which chunk holds which of our files and imports which others: what size.mjs adds up.
 * Vite's manifest names only files that are chunks of their own.
 */
import { relative } from 'node:path'
import type { Plugin } from 'vite'

export interface Chunk {
  entry: boolean
  holds: string[]
  imports: string[]
}

export const chunkList: Plugin = {
  name: 'meanwhile:chunk-list',
  apply: 'build',
  enforce: 'post',
  // After Vite, which takes out the chunks that held nothing but styles.
  generateBundle(_, bundle) {
    const chunks: Record<string, Chunk> = {}
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      chunks[chunk.fileName] = { entry: chunk.isEntry, holds: chunk.moduleIds.map((id) => relative(process.cwd(), id)), imports: chunk.imports }
    }
    this.emitFile({ type: 'asset', fileName: '.vite/chunks.json', source: JSON.stringify(chunks, null, 1) })
  },
}
