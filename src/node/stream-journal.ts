import { createInterface } from 'node:readline'
import { streamProgram } from './processes/run-program.ts'
import { type JournalLine, parseJournal } from './systemd-journal.ts'

export interface JournalSelection {
  units: readonly string[]
  /** Milliseconds since 1970; without it, since the machine started. */
  since: number | undefined
  /** At most so many of the last lines before new ones. */
  lines: number | undefined
  /** Wait for new lines until `signal` is aborted. */
  follow: boolean
  signal: AbortSignal
}

/**
 * The lines of some units in the order of their time, as they come: those of each unit, and those of systemd about it. Throws an Error when
 * journalctl fails; ends without one when `signal` is aborted.
 */
export async function* streamJournal({
  units,
  since,
  lines,
  follow,
  signal,
}: JournalSelection): AsyncGenerator<JournalLine> {
  const program = streamProgram('journalctl', [
    ...units.map(unit => `--unit=${unit}`),
    ...(since === undefined ? ['--boot'] : [`--since=@${Math.floor(since / 1000)}`]),
    ...(lines === undefined ? [] : [`--lines=${lines}`]),
    ...(follow ? ['--follow'] : []),
    // Without --lines, --follow would begin with the last ten.
    ...(follow && lines === undefined ? ['--no-tail'] : []),
    ...['--output=json', '--output-fields=MESSAGE,_PID,_SYSTEMD_UNIT,UNIT', '--no-pager', '--quiet'],
  ])
  const stop = (): void => void program.kill()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    for await (const line of createInterface({ input: program.stdout })) yield* parseJournal(line)
    const { exitCode, stderr } = await program
    if (!signal.aborted && exitCode !== 0)
      throw new Error(`journalctl: ${Buffer.from(stderr).toString().trim() || `exit code ${exitCode}`}`)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}
