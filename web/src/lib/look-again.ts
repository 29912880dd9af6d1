/**
 * Looks again and again, less and less often, and only while somebody looks at the page, until `look` says
 * that there is nothing more to wait for. What fails is tried again. Returns the way to end it before.
 */
export function lookAgain(look: () => Promise<boolean>, wait = 2000, most = 20_000): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  const later = (): void => {
    timer = setTimeout(() => void again(), wait)
    wait = Math.min(most, wait * 1.5)
  }
  const again = async (): Promise<void> => {
    const done = document.visibilityState === 'visible' && (await look().catch(() => false))
    if (!done && !ended) later()
  }
  later()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
