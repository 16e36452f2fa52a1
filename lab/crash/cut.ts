import { spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { paths } from '../../src/node/paths.ts'

/**
 * Where in a change the process ends. A rollback has only the points before and after a change is reverted. What an import
 * has written is not on the disk `before sync`.
 */
export const cuts = ['before intent', 'after intent', 'in the middle', 'after change', 'after done'] as const
export type Cut =
  | (typeof cuts)[number]
  | 'before sync'
  | 'before reverted'
  | 'after reverted'
  // Within a change; the id is the path.
  | 'after link'
  | 'after rename'

/** The file that signals that the point of a power cut is reached. */
export const reached = '/var/tmp/cut-reached'

/** The id of the change, such as a path. */
const wantedId = process.env['LAB_CUT_ID']
const wantedCut = process.env['LAB_CUT']
/** A program to run after each change, before the journal records that it is done, with the id of the change. */
const afterChange = process.env['LAB_AFTER_CHANGE']
/** The change in progress. */
let current: string | undefined

/** End this process here if this is the point. */
export function end(cut: Cut, id = current): void {
  if (cut === wantedCut && id !== undefined && id === wantedId) endNow()
}

/** Like kill -9, or by waiting for the power cut. */
export function endNow(): void {
  if (process.env['LAB_CUT_POWER']) writeFileSync(reached, '')
  else process.kill(process.pid, 'SIGKILL')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** Is this the point within the change in progress? */
export const isDue = (cut: Cut): boolean => cut === wantedCut && current !== undefined && current === wantedId

/** The number of the call, before which the process ends, or 0.5 more to end in it. */
const wantedCall = Number(process.env['LAB_CUT_CALL'])
/** A file that gets a line for each of these calls. */
const callLog = process.env['LAB_CALLS']
let calls = 0

/** A call that changes this machine comes next. Returns whether the process has to end in it. */
export function call(what: string): boolean {
  calls += 1
  if (callLog) appendFileSync(callLog, `${what}\n`)
  if (calls === wantedCall) endNow()
  return calls + 0.5 === wantedCall
}

interface JournalRecord {
  record: string
  change: number
  id?: string
}

const parse = (line: string): JournalRecord => JSON.parse(line) as JournalRecord

function idOf({ id, change }: JournalRecord): string | undefined {
  const lines = readFileSync(paths.journal, 'utf8').split('\n').filter(Boolean)
  return id ?? lines.map(parse).find(record => record.change === change && record.id)?.id
}

/** Write a line to the journal, with the points before and after it. */
export async function appendWithCuts(text: string, append: () => Promise<void>): Promise<void> {
  const record = parse(text)
  if (record.record === 'begin') return append()
  const id = idOf(record)
  const log = process.env['LAB_CHANGES']
  if (log && record.record === 'intent') appendFileSync(log, `${id}\n`)
  const [before, after] = {
    intent: ['before intent', 'after intent'] as const,
    done: ['after change', 'after done'] as const,
    reverted: ['before reverted', 'after reverted'] as const,
  }[record.record] ?? [undefined, undefined]
  if (before) end(before, id)
  if (afterChange && before === 'after change') spawnSync(afterChange, [`change ${id}`])
  await append()
  current = record.record === 'intent' ? id : undefined
  if (after) end(after, id)
}
