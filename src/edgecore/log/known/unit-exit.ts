import { constants } from 'node:os'
import { knownLines } from './index.ts'
import { type Cause, causeOf } from './known-line.ts'

/** How systemd's properties show the end of a unit's main process. */
export interface UnitExit {
  /** Result: `exit-code`, `signal`, `oom-kill`, `timeout`, … */
  result: string
  /** ExecMainCode (`CLD_EXITED` 1, `CLD_KILLED` 2, `CLD_DUMPED` 3) and ExecMainStatus. */
  exit: { code: number; status: number } | undefined
}

/** Names of systemd's own exit codes, of those that a unit file causes (systemd.exec(5), "Process exit codes"). */
const names: Readonly<Record<number, string>> = {
  1: 'FAILURE',
  200: 'CHDIR',
  203: 'EXEC',
  209: 'STDOUT',
  216: 'GROUP',
  217: 'USER',
  226: 'NAMESPACE',
}
const codes: Readonly<Record<number, string>> = { 1: 'exited', 2: 'killed', 3: 'dumped' }

const signalName = (status: number): string =>
  Object.entries(constants.signals)
    .find(([, number]) => number === status)?.[0]
    .replace(/^SIG/, '') ?? 'UNKNOWN'

/**
 * Why a unit ended, from systemd's properties: they are there when its journal is not. The properties are put in the words
 * of the journal, so both have the same meaning. Undefined for an end without a failure.
 */
export function unitExitCause({ result, exit }: UnitExit): (Cause & { line: string }) | undefined {
  if (result === 'success' || result === '') return undefined
  const name = exit && (exit.code === 1 ? names[exit.status] : signalName(exit.status))
  const status = exit && `${exit.status}${name === undefined ? '' : `/${name}`}`
  const lines = [
    ...(exit
      ? [`edgecore.service: Main process exited, code=${codes[exit.code] ?? exit.code}, status=${status}`]
      : []),
    `edgecore.service: Failed with result '${result}'.`,
  ]
  const cause = causeOf(knownLines.systemdExits, lines.join('\n'))
  return cause && { ...cause, line: lines[0] ?? '' }
}
