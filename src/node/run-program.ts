import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

interface RunOptions {
  /** Standard input, output and error, and what else it holds open. */
  stdio: ('ignore' | 'pipe' | number)[]
  env: NodeJS.ProcessEnv
  /** After so many milliseconds it is stopped. */
  timeoutMs: number
}

export interface Ended {
  /** Null when it did not end by itself. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** Texts, each without its last newline; empty for what is no pipe. */
  stdout: string
  stderr: string
  /** It was stopped, because its time was up. */
  late: boolean
  /** Why it could not be started, or said too much. */
  failure: NodeJS.ErrnoException | undefined
}

/** Who asks nicely waits no longer than this. */
const graceMs = 5_000
const mostBytes = 100_000_000

/**
 * Run a program without a shell and wait until it has ended and all has been read of what it says. Never throws. A
 * library for this takes longer to load than most of the programs to run.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  { stdio, env, timeoutMs }: RunOptions,
): Promise<Ended> {
  return new Promise(resolve => {
    let late = false
    let failure: NodeJS.ErrnoException | undefined
    const timers: NodeJS.Timeout[] = []
    // In a process group of its own: Ctrl-C is for edgekit, which lets the command it has begun come to its end.
    const program = start()
    if (!program) return
    const stop = (): void => {
      program.kill()
      timers.push(setTimeout(end, graceMs))
    }
    // What it has started may hold its outputs open; nobody waits for that.
    const end = (): void => {
      program.kill('SIGKILL')
      program.stdout?.destroy()
      program.stderr?.destroy()
    }
    const tooMuch = (): void => {
      failure ??= new Error(`says more than ${mostBytes / 1_000_000} MB`)
      stop()
    }
    const [stdout, stderr] = [program.stdout, program.stderr].map(stream => textOf(stream, tooMuch))
    timers.push(
      setTimeout(() => {
        late = true
        stop()
      }, timeoutMs),
    )
    program.on('error', error => {
      failure ??= error
      // Not even a failure of its start closes it, when there are too many open files.
      if (program.pid === undefined) finish(null, null)
    })
    program.on('close', (exitCode, signal) => finish(exitCode, signal, stdout?.(), stderr?.()))

    function finish(exitCode: number | null, signal: NodeJS.Signals | null, stdout = '', stderr = ''): void {
      for (const timer of timers) clearTimeout(timer)
      resolve({ exitCode, signal, stdout, stderr, late, failure })
    }
    function start() {
      try {
        return spawn(file, args, { stdio, env, detached: true })
      } catch (error) {
        failure = error as NodeJS.ErrnoException
        finish(null, null)
        return undefined
      }
    }
  })
}

/** Reads all of it. */
function textOf(stream: Readable | null, tooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostBytes) tooMuch()
    else chunks.push(chunk)
  })
  return () =>
    Buffer.concat(chunks)
      .toString()
      .replace(/\r?\n$/, '')
}
