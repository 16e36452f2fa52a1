import type { UnitState } from '../node/systemd.ts'

/** Where EdgeCore's log goes. Only a log in the journal or in a file can be read. */
export type LogSource =
  | { kind: 'journal' }
  | { kind: 'file'; path: string }
  | { kind: 'unseen'; reason: string }

const toJournal = /^(?:|inherit|journal|syslog|kmsg)(?:\+console)?$/

const toFile = new Set(['file', 'append', 'truncate'])

/** The file of StandardError=, or of StandardOutput=, which it inherits. The last setting counts. */
const fileIn = (unitFiles: string): string | undefined =>
  ['StandardError', 'StandardOutput']
    .map(key => [...unitFiles.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].at(-1)?.[1] ?? '')
    .map(setting => /^(?:file|append|truncate):(\/.*)$/.exec(setting)?.[1])
    .find(path => path !== undefined)

/**
 * Where a unit's log goes: klog writes to files when `--logtostderr=false` (`--log_file`, or one for each severity in
 * `--log_dir`), and to standard error otherwise, which a shell or systemd (StandardError=) may redirect. systemd does not show the path of that file, so it is read in `unitFiles`, the texts of the
 * unit and its drop-ins in their order.
 */
export function logSourceOf({ execStart, standardError }: UnitState, unitFiles: string): LogSource {
  const flag = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)--?${name.replaceAll('_', '[-_]')}(?:[= ](\\S+))?`).exec(execStart)?.[1]
  if (flag('logtostderr') === 'false' && !/\s--?alsologtostderr(?:=true)?(?:\s|$)/.test(execStart)) {
    const [file, directory] = [flag('log_file'), flag('log_dir')]
    if (file !== undefined) return { kind: 'file', path: file }
    // A link to the newest file with all severities.
    return { kind: 'file', path: `${directory ?? '/tmp'}/edgecore.INFO` }
  }
  const redirected = /(?:2|&)>{1,2} ?(\/\S+)|(?:^|\s)>{1,2} ?(\/\S+) 2>&1/.exec(execStart)
  const shell = redirected?.[1] ?? redirected?.[2]
  if (shell === '/dev/null') return { kind: 'unseen', reason: 'ExecStart discards it (/dev/null)' }
  if (shell !== undefined) return { kind: 'file', path: shell.replace(/["']$/, '') }
  if (toJournal.test(standardError)) return { kind: 'journal' }
  const path = toFile.has(standardError) ? fileIn(unitFiles) : undefined
  if (path !== undefined) return { kind: 'file', path }
  return { kind: 'unseen', reason: `the unit has StandardError=${standardError}` }
}
