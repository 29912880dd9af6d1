/** Whether the browser believes it has a network. Believed only for the banner, never to refuse a try. */
class Online {
  now = $state(typeof navigator === 'undefined' || navigator.onLine)

  constructor() {
    if (typeof window === 'undefined') return
    window.addEventListener('online', () => (this.now = true))
    window.addEventListener('offline', () => (this.now = false))
  }
}

export const online = new Online()
