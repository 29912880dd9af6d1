/** Files that are on their way, kept in this browser so that a reload or a new day does not lose them. */

export interface KeptUpload {
  /** The recording's id. */
  id: string
  person_id: string
  blob: Blob
  name: string
  upload_id: string
  key: string
  part_bytes: number
  kept_at: number
}

export interface BlobShelf {
  /** False when there is no room or no storage: the page must then stay open. */
  put(upload: KeptUpload): Promise<boolean>
  all(personId: string): Promise<KeptUpload[]>
  drop(id: string): Promise<void>
  clear(): Promise<void>
}

const STORE = 'uploads'
/** S3 clears away what was not completed after a week (a lifecycle rule); so does this device. */
const KEEP_MS = 7 * 86_400_000

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('meanwhile', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  })
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode)
      const request = work(transaction.objectStore(STORE))
      // Only a completed transaction is on the disk; the request alone may still be undone for want of room.
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'))
    })
  } finally {
    db.close()
  }
}

export const blobShelf: BlobShelf = {
  async put(upload) {
    try {
      await within('readwrite', (store) => store.put(upload))
      return true
    } catch {
      return false
    }
  },
  async all(personId) {
    try {
      const kept = (await within('readonly', (store) => store.getAll())) as KeptUpload[]
      const old = kept.filter((upload) => Date.now() - upload.kept_at > KEEP_MS)
      await Promise.all(old.map((upload) => this.drop(upload.id)))
      return kept.filter((upload) => upload.person_id === personId && !old.includes(upload))
    } catch {
      return []
    }
  },
  async drop(id) {
    await within('readwrite', (store) => store.delete(id)).catch(() => undefined)
  },
  async clear() {
    await within('readwrite', (store) => store.clear()).catch(() => undefined)
  },
}
