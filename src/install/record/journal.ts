import * as z from 'zod/mini'
import { EdgekitError } from '../../lib/errors.ts'

const beginSchema = z.looseObject({
  record: z.literal('begin'),
  journalVersion: z.literal(1),
  /** The same for all attempts until the run is closed. */
  run: z.string(),
  command: z.string(),
  edgekit: z.string(),
  bundle: z.nullable(
    z.looseObject({ name: z.string(), kubeedgeVersion: z.string(), manifestSha256: z.string() }),
  ),
  options: z.optional(z.record(z.string(), z.unknown())),
  edgecoreWas: z.optional(z.object({ up: z.boolean(), passed: z.array(z.string()) })),
  /** ISO 8601. */
  time: z.string(),
})

const recordSchema = z.discriminatedUnion('record', [
  beginSchema,
  z.looseObject({
    record: z.literal('intent'),
    /** Number of the change in the run; a repeated change keeps its number. */
    change: z.int(),
    id: z.string(),
    kind: z.string(),
    spec: z.unknown(),
    before: z.unknown(),
  }),
  z.looseObject({
    record: z.literal('done'),
    change: z.int(),
    /** The action's fingerprint; absent in journals of older versions of edgekit. */
    after: z.optional(z.unknown()),
  }),
  z.looseObject({ record: z.literal('reverted'), change: z.int() }),
])

export type JournalRecord = z.infer<typeof recordSchema>

/** One process's attempt at a run. */
export interface Attempt {
  command: string
  /** Version of edgekit. */
  edgekit: string
  bundle: { name: string; kubeedgeVersion: string; manifestSha256: string } | null
  /** The settings without secrets, so that the flags need not be repeated to continue. */
  options?: Record<string, unknown> | undefined
  /** What EdgeCore did before, and must do afterwards. */
  edgecoreWas?: EdgecoreState | undefined
}

export interface EdgecoreState {
  /** It was running, and not merely being restarted. */
  up: boolean
  /** Ids of the checks of its work that passed. */
  passed: string[]
}

export interface Begin extends Attempt {
  time: string
}

export interface Change {
  change: number
  id: string
  kind: string
  spec: unknown
  before: unknown
  state: 'begun' | 'done' | 'reverted'
  /** Index of the journal record that last began or reverted it. */
  touched: number
  /** Index of its `done` record; -1 without one. */
  done: number
  /** The action's fingerprint when it was last done, or null. */
  after: unknown
}

/** A journal, folded. */
export interface History {
  run: string
  /** All attempts, the first one first. */
  begins: Begin[]
  /** In the order they were first begun. */
  changes: Change[]
}

export interface Journal {
  text: string
  /** The text without a last line that was cut off. */
  sound: string
  /** Undefined when not even the first line was written. */
  history: History | undefined
}

/** Ignores a last line that was cut off by a power cut. Throws EdgekitError when another line cannot be read. */
export function readJournal(text: string, path: string): Journal {
  const lines = text.split('\n').slice(0, -1)
  const records: JournalRecord[] = []
  for (const [index, line] of lines.entries()) {
    const record = readRecord(line)
    if (record) records.push(record)
    // A file system may extend a file before it writes the data.
    else if (lines.slice(index).every(line => !readRecord(line))) break
    else throw damaged(path, index + 1)
  }
  const sound = lines.slice(0, records.length).map(line => `${line}\n`)
  return { text, sound: sound.join(''), history: historyOf(records, path) }
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
  new EdgekitError(`cannot read ${path}, the journal of an interrupted edgekit: line ${line} is damaged`, {
    code: 'journal-unreadable',
    remedy: `If another version of edgekit was interrupted, use that one. Otherwise move the journal away and install again, which keeps what is already right:\n  mv ${path} ${path}.damaged`,
  })

function historyOf(records: readonly JournalRecord[], path: string): History | undefined {
  const begins = records.filter(record => record.record === 'begin')
  const [first] = begins
  if (!first) return undefined
  const changes = new Map<number, Change>()
  for (const [at, record] of records.entries()) {
    if (record.record === 'begin') continue
    if (record.record === 'intent') {
      const { change, id, kind, spec, before } = record
      changes.set(change, {
        change,
        id,
        kind,
        spec,
        before,
        state: 'begun',
        touched: at,
        done: -1,
        after: null,
      })
      continue
    }
    const change = changes.get(record.change)
    if (!change) throw damaged(path, at + 1)
    change.state = record.record
    if (record.record === 'done') Object.assign(change, { done: at, after: record.after ?? null })
    else change.touched = at
  }
  return { run: first.run, begins, changes: [...changes.values()] }
}
