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
  /** Start time of the process in ticks since boot (field 22 of proc_pid_stat(5)), which detects a reused pid. */
  started: z.string(),
  /** When it took the lock, in ISO 8601. */
  since: z.string(),
})

/** The process that holds the lock. */
export type LockHolder = z.infer<typeof holderSchema>

export interface Lock {
  /** The open file that holds the lock; undefined until the lock is held. */
  readonly descriptor: number | undefined
  /**
   * Take the lock. The kernel releases it when this process and all programs that it started have ended. Returns `false`
   * while a program runs that a killed edgekit had started. Throws EdgekitError with the name of the holder while
   * another edgekit is running.
   */
  take(command: string): Promise<boolean>
  /** Programs of a killed edgekit that still hold the lock, such as `ctr images import … (process 325)`. */
  heldBy(): string[]
  /** Another edgekit that changes this node now; undefined when there is none, and for users who may not know. */
  holder(): LockHolder | undefined
}

function startOf(pid: number | 'self'): string | undefined {
  try {
    // The second field is the name of the program in parentheses, and may contain spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    return undefined
  }
}

/** The process that the file names as the holder of the lock, if it is still running. */
function holderIn(path: string): LockHolder | undefined {
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
    throw new EdgekitError(`cannot open ${path}: ${messageOf(error)}`, {
      code: 'permission-denied',
      remedy: 'Run edgekit as root.',
      cause: error,
    })
  }
}

/** The command line of a process that has the lock file open as descriptor 3, as programs of edgekit do. */
function programWith(path: string, pid: string): string | undefined {
  try {
    if (readlinkSync(`/proc/${pid}/fd/3`) !== path) return undefined
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0\s]+/)
    return words.join(' ').trim().slice(0, 100)
  } catch {
    return undefined
  }
}

const locked = (held: LockHolder): EdgekitError =>
  new EdgekitError(
    `another edgekit is running on this node: ${held.command} (process ${held.pid}, since ${held.since})`,
    { code: 'edgekit-running', remedy: 'Wait until it has finished, then run this command again.' },
  )

/** A flock(2) lock on the file at `path`. Node.js has no such call, so flock(1) locks the open file. */
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
    holder() {
      const holder = holderIn(path)
      return holder?.pid === process.pid ? undefined : holder
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
