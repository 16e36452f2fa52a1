import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeSync,
} from 'node:fs'
import * as z from 'zod/mini'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { CommandError } from './processes/command-error.ts'
import { localProcesses } from './processes/processes.ts'

const holderSchema = z.object({
  command: z.string(),
  pid: z.int(),
  /** When the process was started, in ticks since the boot (field 22 of proc_pid_stat(5)): tells a pid used again. */
  started: z.string(),
  /** ISO 8601. */
  since: z.string(),
})

export interface Lock {
  /** The open file that holds the lock; undefined before it is held. */
  readonly descriptor: number | undefined
  /**
   * Take the lock, which the kernel frees when this process and all programs that it started have ended, however that
   * comes. `false`: an edgekit that was killed had started a program that still runs. Throws EdgekitError when another
   * edgekit is at work, and names it.
   */
  take(command: string): Promise<boolean>
  /** The programs of an edgekit that was killed which still hold it, such as `ctr images import … (process 325)`. */
  heldBy(): string[]
}

function startOf(pid: number | 'self'): string | undefined {
  try {
    // The second field is the name of the program, in parentheses, and may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    return undefined
  }
}

/** Who says in the file that it holds the lock, if that process still runs. */
function holderIn(path: string): z.infer<typeof holderSchema> | undefined {
  try {
    const holder = holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    return startOf(holder.pid) === holder.started ? holder : undefined
  } catch {
    return undefined
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a+', 0o600)
  } catch (error) {
    throw new EdgekitError(`cannot make sure that no other edgekit is at work: ${messageOf(error)}`, {
      code: 'permission-denied',
      remedy: 'Run edgekit as root. Nothing has been changed.',
      cause: error,
    })
  }
}

/** The command line of a process that has this file open where the programs of edgekit have it. */
function programWith(path: string, pid: string): string | undefined {
  try {
    if (readlinkSync(`/proc/${pid}/fd/3`) !== path) return undefined
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0\s]+/)
    return words.join(' ').trim().slice(0, 100)
  } catch {
    return undefined
  }
}

const locked = (held: z.infer<typeof holderSchema>): EdgekitError =>
  new EdgekitError(
    `another edgekit is at work on this node: ${held.command} (process ${held.pid}, since ${held.since})`,
    { code: 'edgekit-running', remedy: 'Wait until it has ended, then run this again.' },
  )

/** A lock of flock(2) on the file at `path`. Node.js has no call for it, so flock(1) locks the open file for us. */
export function localLock(path: string): Lock {
  let descriptor: number | undefined
  return {
    get descriptor() {
      return descriptor
    },
    async take(command) {
      const file = open(path)
      const { exitCode, stderr } = await localProcesses(() => file)
        .attempt('flock', ['--nonblock', '--conflict-exit-code', '75', '3'], { timeoutMs: 10_000 })
        .catch(error => {
          closeSync(file)
          throw error
        })
      if (exitCode === 0) {
        const now = {
          command,
          pid: process.pid,
          started: startOf('self') ?? '',
          since: new Date().toISOString(),
        }
        ftruncateSync(file)
        writeSync(file, `${JSON.stringify(now)}\n`)
        descriptor = file
        return true
      }
      closeSync(file)
      if (exitCode !== 75) throw new CommandError(`cannot lock ${path}: ${stderr || `exit code ${exitCode}`}`)
      const holder = holderIn(path)
      if (holder) throw locked(holder)
      return false
    },
    heldBy() {
      const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
      return pids.flatMap(pid => {
        const program = programWith(path, pid)
        return program === undefined ? [] : [`${program} (process ${pid})`]
      })
    },
  }
}
