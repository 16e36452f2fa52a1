import { homedir } from 'node:os'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { makeDirectories } from '../../lib/make-directories.ts'
import type { Files } from '../../node/files.ts'
import type { Leftover, Remember } from '../trace.ts'

/** One file per run that is not yet cleaned up (XDG Base Directory Specification: state). */
const directory = (): string =>
  join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'edgekit', 'broker-test')

const fileOf = (run: string): string => join(directory(), `${run}.jsonl`)

interface Begin {
  schemaVersion: 1
  /** Where the broker is, without credentials. */
  address: string
}

/** The record of a run: what it may have left on the broker. It is written before the broker is touched. */
export interface RunRecord {
  remember: Remember
  /** Nothing is left. */
  close(): Promise<void>
}

/** Begin the record of a run. Throws EdgekitError (state-not-writable). */
export async function beginRecord(files: Files, run: string, address: string): Promise<RunRecord> {
  const path = fileOf(run)
  const add = (line: Begin | Leftover): Promise<void> =>
    files.append(path, `${JSON.stringify(line)}\n`, { durable: false }).catch(error => {
      throw notWritable(path, error)
    })
  await makeDirectories(directory()).catch(error => {
    throw notWritable(path, error)
  })
  await add({ schemaVersion: 1, address })
  return { remember: add, close: () => files.remove(path) }
}

/** What an earlier run may have left. Throws EdgekitError (unknown-run). */
export async function readRecord(
  files: Files,
  run: string,
): Promise<{ address: string; leftovers: Leftover[]; forget: () => Promise<void> }> {
  const isName = /^ek[a-z0-9]{6}$/.test(run)
  const text = isName ? await files.read(fileOf(run)) : undefined
  const [begin, ...leftovers] = (text ?? '').split('\n').filter(Boolean)
  if (begin === undefined) throw await unknownRun(files, run)
  const { address } = JSON.parse(begin) as Begin
  return {
    address,
    // A line that a kill cut off belongs to a packet that was not sent.
    leftovers: leftovers.flatMap(line => (line.endsWith('}') ? [JSON.parse(line) as Leftover] : [])),
    forget: () => files.remove(fileOf(run)),
  }
}

async function unknownRun(files: Files, run: string): Promise<EdgekitError> {
  const known = (await files.list(directory())).map(name => name.replace(/\.jsonl$/, ''))
  return new EdgekitError(`cannot clean up after run ${JSON.stringify(run)}: there is no record of it`, {
    code: 'unknown-run',
    remedy:
      known.length > 0
        ? `Name one of these runs: ${known.join(', ')}`
        : 'Check the name, and that this is the user and the machine of that run. Every run was cleaned up.',
  })
}

const notWritable = (path: string, cause: unknown): EdgekitError =>
  new EdgekitError(`cannot write the record of this run to ${path}: ${messageOf(cause)}`, {
    code: 'state-not-writable',
    remedy: 'Set XDG_STATE_HOME to a directory that this user can write.',
    cause,
  })
