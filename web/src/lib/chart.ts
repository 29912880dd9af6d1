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

/** How many labels of about `room` pixels fit; every n-th day gets one, always the first and the last. */
export function labelled(count: number, width: number, room: number): Set<number> {
  const fit = Math.max(2, Math.floor(width / room))
  const every = Math.max(1, Math.ceil((count - 1) / (fit - 1)))
  const all = new Set<number>()
  for (let index = 0; index < count; index += every) all.add(index)
  // The last stays; one that would touch it goes.
  const last = count - 1
  if (count > 1 && !all.has(last)) {
    for (const index of [...all]) if (index > 0 && last - index < every) all.delete(index)
    all.add(last)
  }
  return all
}

/** Where each day stands between 0 and 1: days apart, not answers apart. */
export function along(points: readonly ChartPoint[]): number[] {
  const days = points.map((point) => Date.parse(point.on))
  const first = days[0] ?? 0
  const span = (days.at(-1) ?? first) - first
  return days.map((day) => (span > 0 ? (day - first) / span : 0.5))
}
