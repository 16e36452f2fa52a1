/** A report with a hundred values has 4 kB. At most 1000 messages wait in memory. */
export const mostPayloadBytes = 32 * 1024
/** MySQL and MariaDB accept 100 and 32 levels; devices use three. */
const mostDepth = 32

export type JsonProblem =
  | 'the payload is empty'
  | 'the payload is too large'
  | 'the payload is not valid UTF-8'
  | 'the payload is nested too deeply'
  | 'the payload is not JSON'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Read JSON of strangers, within the limits. Never throws. */
export function readJson(payload: Uint8Array): { text: string; json: unknown } | { reason: JsonProblem } {
  if (payload.length === 0) return { reason: 'the payload is empty' }
  if (payload.length > mostPayloadBytes) return { reason: 'the payload is too large' }
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    return { reason: 'the payload is not valid UTF-8' }
  }
  if (depthOf(text) > mostDepth) return { reason: 'the payload is nested too deeply' }
  try {
    return { text, json: JSON.parse(text) }
  } catch {
    return { reason: 'the payload is not JSON' }
  }
}

/** How deep brackets are nested, at most. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isString) {
      if (character === '\\') at++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') {
      depth++
      if (depth > deepest) deepest = depth
    } else if (character === '}' || character === ']') depth--
  }
  return deepest
}
