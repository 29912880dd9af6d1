/** Numbers beside the menu, set by the pages that know them. */
export const counts = $state<{ reviews: number | undefined }>({ reviews: undefined })
