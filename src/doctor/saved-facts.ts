import { type Facts, factNames } from '../facts/index.ts'
import { EdgekitError } from '../lib/errors.ts'
import { eachArchiveMember } from '../tar/entries.ts'

/** Facts as a support archive keeps them. */
export interface SavedFacts {
  schemaVersion: 1
  /** Version of the edgekit that collected them. */
  edgekit: string
  /** ISO 8601. */
  at: string
  facts: Facts
}

export const factsFile = 'facts.json'
/** Facts take some 100 kB; an archive that somebody sends may say anything. */
const mostBytes = 64_000_000

/**
 * The facts in a support archive, to be looked at on another machine. Throws EdgekitError when it has none. A fact that
 * the edgekit of that node did not collect yet is unknown.
 */
export async function readSavedFacts(archive: Uint8Array, name: string): Promise<SavedFacts> {
  let text: string | undefined
  await eachArchiveMember(
    (async function* () {
      yield archive
    })(),
    async member => {
      if (member.kind !== 'file' || !member.path.endsWith(`/${factsFile}`) || member.size > mostBytes) return
      const chunks: Uint8Array[] = []
      for await (const chunk of member.content) chunks.push(chunk)
      text = Buffer.concat(chunks).toString()
    },
  ).catch(error => {
    throw refused(name, 'is no archive', error)
  })
  if (text === undefined) throw refused(name, `has no ${factsFile}`)
  const saved = parse(text, name)
  const unknown = { unknown: `edgekit ${saved.edgekit} did not collect it` }
  const facts = Object.fromEntries(factNames.map(fact => [fact, saved.facts[fact] ?? unknown]))
  return { ...saved, facts: facts as unknown as Facts }
}

function parse(text: string, name: string): SavedFacts {
  try {
    const saved = JSON.parse(text) as SavedFacts
    if (saved.schemaVersion === 1 && typeof saved.facts === 'object' && !Number.isNaN(Date.parse(saved.at)))
      return saved
  } catch (error) {
    throw refused(name, `has a damaged ${factsFile}`, error)
  }
  throw refused(name, `has a ${factsFile} of another kind`)
}

const refused = (name: string, what: string, cause?: unknown): EdgekitError =>
  new EdgekitError(`${name} ${what}`, {
    code: 'support-archive-unusable',
    remedy:
      'Expected is what edgekit doctor --collect FILE has written, by an edgekit that is not newer than this one.',
    cause,
  })
