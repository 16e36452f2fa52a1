import { createGunzip } from 'node:zlib'
import { type Facts, factNames } from '../facts/index.ts'
import { EdgekitError } from '../lib/errors.ts'
import { formatBytes } from '../lib/format.ts'
import { eachArchiveMember } from '../tar/entries.ts'

/** Facts in a support archive. */
export interface SavedFacts {
  schemaVersion: 1
  /** Version of edgekit that collected them. */
  edgekit: string
  /** ISO 8601. */
  at: string
  facts: Facts
}

export const factsFile = 'facts.json'
/** Facts take about 100 kB, a whole archive less than 100 MB. The limits guard against a hostile one. */
const maxFactsBytes = 16_000_000
const maxUnpackedBytes = 200_000_000
export const maxArchiveBytes = 100_000_000

/** The unpacked archive in small pieces, so that little of it is in memory. Throws when it is not compressed or too large. */
async function* unpacked(archive: Uint8Array): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  gunzip.end(archive)
  let bytes = 0
  for await (const chunk of gunzip) {
    bytes += chunk.length
    if (bytes > maxUnpackedBytes) throw new TooLarge(`it has more than ${formatBytes(maxUnpackedBytes)}`)
    yield chunk
  }
}

class TooLarge extends Error {}

/**
 * Read the facts in a support archive. Facts that an older edgekit did not collect are unknown. Throws EdgekitError
 * (support-archive-unusable).
 */
export async function readSavedFacts(archive: Uint8Array, name: string): Promise<SavedFacts> {
  let text: string | undefined
  await eachArchiveMember(unpacked(archive), async member => {
    if (member.kind !== 'file' || !member.path.endsWith(`/${factsFile}`) || member.size > maxFactsBytes)
      return
    const chunks: Uint8Array[] = []
    for await (const chunk of member.content) chunks.push(chunk)
    text = Buffer.concat(chunks).toString()
  }).catch(error => {
    throw unusable(name, error instanceof TooLarge ? error.message : 'not a .tar.gz archive', error)
  })
  if (text === undefined) throw unusable(name, `${factsFile} is missing`)
  return parseSavedFacts(text, name)
}

/** The facts in the facts.json of a support archive. Throws EdgekitError (support-archive-unusable). */
export function parseSavedFacts(text: string, name: string): SavedFacts {
  const saved = parse(text, name)
  const unknown = { unknown: `edgekit ${saved.edgekit} did not collect this fact` }
  const facts = Object.fromEntries(factNames.map(fact => [fact, saved.facts[fact] ?? unknown]))
  return { ...saved, facts: facts as unknown as Facts }
}

function parse(text: string, name: string): SavedFacts {
  try {
    const saved = JSON.parse(text) as SavedFacts
    if (saved.schemaVersion === 1 && typeof saved.facts === 'object' && !Number.isNaN(Date.parse(saved.at)))
      return saved
  } catch (error) {
    throw unusable(name, `${factsFile} is damaged`, error)
  }
  throw unusable(name, `${factsFile} has an unsupported format`)
}

const unusable = (name: string, reason: string, cause?: unknown): EdgekitError =>
  new EdgekitError(`cannot read ${name}: ${reason}`, {
    code: 'support-archive-unusable',
    remedy:
      'Use an archive written by edgekit doctor --collect FILE, with this version of edgekit or an older one.',
    cause,
  })
