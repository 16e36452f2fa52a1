import { randomBytes } from 'node:crypto'
import { eastAsianWidth } from 'get-east-asian-width'

/** New in every process, so that no text from elsewhere can contain it. */
const nonce = `\ue000${randomBytes(8).toString('hex')}:`

/** Stands for the control sequence `ESC [ CODE m` in text that is not printed yet; `code` has digits only. */
export const colorMark = (code: string): string => `${nonce}${code}m`

/** Splits text at the marks: the codes are at the odd places. */
export const colorMarks = new RegExp(`${nonce}(\\d+)m`)

/** How many columns of a terminal a text takes. */
export const shownLength = (text: string): number =>
  text.includes(nonce)
    ? text.split(colorMarks).reduce((sum, part, index) => sum + (index % 2 === 0 ? columns(part) : 0), 0)
    : columns(text)

/** Wide characters, as of Chinese, Japanese and Korean, take two columns; those that change the one before take none. */
const columns = (text: string): number =>
  /^[ -~]*$/.test(text)
    ? text.length
    : Array.from(text).reduce(
        (sum, char) => sum + (/[\p{M}\p{Cf}]/u.test(char) ? 0 : eastAsianWidth(char.codePointAt(0) ?? 0)),
        0,
      )
