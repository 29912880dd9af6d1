/** The arithmetic of the small line chart. */

export interface ChartPoint {
  /** A local day, `YYYY-MM-DD`. */
  on: string
  value: number
}

/** Four or five round marks from `min` to `max`. */
export function marks(min: number, max: number): number[] {
  const span = max - min
  if (!(span > 0)) return [min]
  const rough = span / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough - 1e-9) ?? rough
  const first = Math.ceil(min / step - 1e-9) * step
  const all: number[] = []
  for (let mark = first; mark <= max + step * 1e-6; mark += step) all.push(Number(mark.toFixed(6)))
  return all
}

/**
 * Which points are labelled with their day: the first and the last, and those between that keep `room` pixels from what
 * stands left of them and from the last. A day has one label; what lies too close for two has the last's.
 */
export function labelled(points: readonly ChartPoint[], x: readonly number[], room: number): Set<number> {
  const last = points.at(-1)
  const end = x.at(-1) ?? 0
  const all = new Set<number>()
  let before = -Infinity
  points.forEach((point, index) => {
    const at = x[index] ?? 0
    if (point !== last && (point.on === last?.on || at - before < room || end - at < room)) return
    all.add(index)
    before = at
  })
  return all
}

/** Where each answer stands between 0 and 1: days apart, not answers apart; on one single day, one after the other. */
export function along(points: readonly ChartPoint[]): number[] {
  const days = points.map((point) => Date.parse(point.on))
  const first = days[0] ?? 0
  const span = (days.at(-1) ?? first) - first
  return days.map((day, index) => (span > 0 ? (day - first) / span : index / Math.max(1, days.length - 1)))
}
