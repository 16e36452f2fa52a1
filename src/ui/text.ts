import { styleText } from 'node:util'

/** Width of everything edgekit prints: a serial console and a phone photo of it both show 80 columns. */
export const width = 80

/**
 * Break a text into lines of at most 80 columns, each after `indent` blanks and the blanks its paragraph begins with;
 * a longer word, a digest say, stays whole.
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

type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

/** Colour for a terminal; plain text for a pipe, a file or NO_COLOR (util.styleText looks at the stream). */
export const paint = (colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(colour, text, { stream })
