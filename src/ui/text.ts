import { styleText } from 'node:util'

/** Width of everything edgekit prints: a serial console and a phone photo of it both show 80 columns. */
const width = 80

/** Break a text into lines of at most 80 columns, each after `indent` blanks; a longer word, a digest say, stays whole. */
export function wrap(text: string, indent = 0): string {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line && indent + line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line ? `${line} ${word}` : word
    }
    lines.push(line)
  }
  return lines.map(line => (line ? ' '.repeat(indent) + line : '')).join('\n')
}

type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

/** Colour for a terminal; plain text for a pipe, a file or NO_COLOR (util.styleText looks at the stream). */
export const paint = (colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(colour, text, { stream })
