import * as z from 'zod/mini'
import { EdgekitError } from '../../lib/errors.ts'

const beginSchema = z.looseObject({
  record: z.literal('begin'),
  journalVersion: z.literal(1),
  /** The same for all attempts until everything is settled. */
  run: z.string(),
  command: z.string(),
  edgekit: z.string(),
  bundle: z.nullable(
    z.looseObject({ name: z.string(), kubeedgeVersion: z.string(), manifestSha256: z.string() }),
  ),
  /** What the person asked for, without secrets. */
  options: z.optional(z.record(z.string(), z.unknown())),
  edgecoreRan: z.optional(z.boolean()),
  /** ISO 8601. */
  time: z.string(),
})

const recordSchema = z.discriminatedUnion('record', [
  beginSchema,
  z.looseObject({
    record: z.literal('intent'),
    /** Counts the changes of the run; a change that is tried again keeps its number. */
    change: z.int(),
    id: z.string(),
    kind: z.string(),
    spec: z.unknown(),
    before: z.unknown(),
  }),
  z.looseObject({ record: z.literal('done'), change: z.int() }),
  z.looseObject({ record: z.literal('reverted'), change: z.int() }),
])

export type JournalRecord = z.infer<typeof recordSchema>

/** What an attempt says of itself. */
export interface Attempt {
  command: string
  edgekit: string
  bundle: { name: string; kubeedgeVersion: string; manifestSha256: string } | null
  /** What the person asked for, without secrets: whoever finishes it need not ask again. */
  options?: Record<string, unknown> | undefined
  /** EdgeCore ran, so it has to run afterwards. */
  edgecoreRan?: boolean | undefined
}
export interface Begin extends Attempt {
  time: string
}

/** One change of a run that has not been settled. */
export interface Change {
  change: number
  id: string
  kind: string
  spec: unknown
  before: unknown
  state: 'begun' | 'done' | 'reverted'
  /** Which record of the journal began or reverted it last, and which said that it is done. */
  touched: number
  done: number
}

/** What a journal says. */
export interface History {
  run: string
  /** The attempts so far, the first one first. */
  begins: Begin[]
  /** In the order in which they were begun first. */
  changes: Change[]
}

/**
 * Read a journal. A last line that was not written to its end, as after a power cut, says nothing; the text up to there
 * is `sound`. Throws EdgekitError when it cannot be understood.
 */
export function readHistory(text: string, path: string): { history: History | undefined; sound: string } {
  const lines = text.split('\n')
  const whole = lines.slice(0, -1)
  const records: JournalRecord[] = []
  for (const [index, line] of whole.entries()) {
    const record = readRecord(line)
    if (record) records.push(record)
    // The file system may have made the file longer before it wrote what belongs there.
    else if (whole.slice(index).every(line => !readRecord(line))) break
    else throw damaged(path, index + 1)
  }
  const sound = whole.slice(0, records.length).map(line => `${line}\n`)
  return { history: historyOf(records, path), sound: sound.join('') }
}

function readRecord(line: string): JournalRecord | undefined {
  try {
    const { success, data } = recordSchema.safeParse(JSON.parse(line))
    return success ? data : undefined
  } catch {
    return undefined
  }
}

const damaged = (path: string, line: number): EdgekitError =>
  new EdgekitError(
    `${path} says what an interrupted edgekit has done, and line ${line} of it cannot be read`,
    {
      code: 'journal-unreadable',
      remedy: `Use the edgekit that was interrupted, if this is another version. If the file is damaged, move it away and install again: what is right already stays as it is.\n  mv ${path} ${path}.damaged`,
    },
  )

function historyOf(records: readonly JournalRecord[], path: string): History | undefined {
  const begins = records.filter(record => record.record === 'begin')
  const [first] = begins
  if (!first) return undefined
  const changes = new Map<number, Change>()
  for (const [at, record] of records.entries()) {
    if (record.record === 'begin') continue
    const known = changes.get(record.change)
    if (record.record === 'intent') {
      const { change, id, kind, spec, before } = record
      changes.set(change, { change, id, kind, spec, before, state: 'begun', touched: at, done: -1 })
      continue
    }
    if (!known) throw damaged(path, at + 1)
    known.state = record.record
    if (record.record === 'done') known.done = at
    else known.touched = at
  }
  return { run: first.run, begins, changes: [...changes.values()] }
}
