import { randomBytes } from 'node:crypto'

/** New in every process, so that no text from elsewhere can contain it. */
const nonce = `\ue000${randomBytes(8).toString('hex')}:`

/** Stands for the control sequence `ESC [ CODE m` in text that is not printed yet; `code` has digits only. */
export const colorMark = (code: string): string => `${nonce}${code}m`

/** Splits text at the marks: the codes are at the odd places. */
export const colorMarks = new RegExp(`${nonce}(\\d+)m`)

/** How many characters of a text are shown. */
export const shownLength = (text: string): number =>
  text.includes(nonce)
    ? text.split(colorMarks).reduce((sum, part, index) => sum + (index % 2 === 0 ? part.length : 0), 0)
    : text.length
