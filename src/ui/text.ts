import { styleText } from 'node:util'

/** Output width in columns, the width of a serial console. */
export const width = 80

/**
 * Break a text into lines of at most 80 columns. Each line starts with `indent` blanks and the leading blanks of its
 * paragraph. Longer words, such as digests, are not broken.
 */
export function wrap(text: string, indent = 0): string {
  return text
    .split('\n')
    .map(paragraph => {
      const margin = ' '.repeat(indent + paragraph.search(/\S|$/))
      const lines = ['']
      for (const word of paragraph.trimStart().split(' ')) {
        const line = lines.at(-1) ?? ''
        if (line && margin.length + line.length + 1 + word.length > width) lines.push(word)
        else lines[lines.length - 1] = line ? `${line} ${word}` : word
      }
      return lines.map(line => (line ? margin + line : '')).join('\n')
    })
    .join('\n')
}

type Color = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

/** Color on a terminal; plain text in a pipe, a file or with NO_COLOR (util.styleText checks the stream). */
export const paint = (color: Color, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(color, text, { stream })
