import { colorMarks } from './color-marks.ts'

/**
 * Characters that a terminal or an editor acts on instead of showing them: control characters except tab and line feed
 * (ECMA-48), line separators, and format characters, which change the direction of text or have no width (Unicode).
 */
const acting = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu

/** Escapes in the way of JSON, and so without harm in it. */
const escaped = (text: string): string =>
  text.replace(acting, character =>
    character
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** Text without colors, in which foreign control characters are shown as `\u001b`: for files and other formats. */
export const plainText = (text: string): string =>
  text
    .split(colorMarks)
    .filter((_, index) => index % 2 === 0)
    .map(escaped)
    .join('')

/** The same with the colors that `paint` has marked: for a terminal. */
export const terminalText = (text: string): string =>
  text
    .split(colorMarks)
    .map((part, index) => (index % 2 === 0 ? escaped(part) : `\u001b[${part}m`))
    .join('')

/**
 * Write to standard output or standard error. Everything that edgekit prints goes through here: names of processes and
 * files, logs, bundles, and answers of other programs come from strangers, and a terminal obeys what it is sent.
 */
export const print = (text: string, stream: NodeJS.WriteStream = process.stdout): void =>
  void stream.write(terminalText(text))
