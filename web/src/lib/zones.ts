/** Time zones to choose from, by the names that people look for. */

/** "Europe/Lisbon" as "Lisbon (Europe)". */
export function sayZone(zone: string): string {
  const parts = zone.split('/')
  const place = (parts.at(-1) ?? zone).replace(/_/g, ' ')
  const region = parts.length > 1 ? parts.slice(0, -1).reverse().join(', ').replace(/_/g, ' ') : ''
  return region ? `${place} (${region})` : place
}

/** All zones of this browser by place, and those given even where it does not know them. */
export function zoneOptions(also: readonly string[] = []): { value: string; label: string }[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []
  return [...new Set([...known, 'UTC', ...also.filter(Boolean)])]
    .map((value) => ({ value, label: sayZone(value) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'))
}
