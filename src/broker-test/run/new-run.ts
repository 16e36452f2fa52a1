import { randomInt } from 'node:crypto'

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** The name of a run: the first level of its topics, and the beginning of its client ids. */
export const newRun = (): string =>
  `ek${Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')}`
