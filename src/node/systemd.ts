import { paths } from './paths.ts'
import type { Processes } from './processes/processes.ts'

export interface UnitState {
  name: string
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  load: string
  /** `active`, `activating`, `inactive`, `failed`, `deactivating`, `reloading`. */
  active: string
  sub: string
  /** `enabled`, `disabled`, `static`, `masked`, or empty when there is no unit file. */
  enabled: string
  /** Result of the last run: `success`, `exit-code`, `timeout`, `signal`, … */
  result: string
  fragmentPath: string
  dropIns: string[]
  needsReload: boolean
  /** How often systemd itself has restarted it (NRestarts). */
  restarts: number
  /** Time since it became active; undefined when it is not active. */
  activeForMs: number | undefined
  execStart: string
  /** The process id of its main process; 0 when there is none. */
  mainPid: number
  /** Time from the start of the main process until the unit was active; undefined when it is not active. */
  startedInMs: number | undefined
  /** The units it is ordered after (After=), and those it starts (Wants=). */
  after: string[]
  wants: string[]
  /** Which processes are killed when it stops: `control-group`, `mixed`, `process`, `none`. */
  killMode: string
  /** How its main process ended, while none runs: the signal's code (`CLD_EXITED` 1, `CLD_KILLED` 2, `CLD_DUMPED` 3), and status. */
  exit: { code: number; status: number } | undefined
  /** Where its standard error goes: `journal`, `null`, `append` (without the file), …; an inherited one is that of its standard output. */
  standardError: string
}

/** The unit does not exist and does not run: one whose file was removed may still run. */
export const isUnknown = ({ load, active }: UnitState): boolean =>
  load === 'not-found' && active === 'inactive'

export interface Systemd {
  /** Whether systemd is the init system: /run/systemd/system exists (sd_booted(3)). */
  isInit(): Promise<boolean>
  unit(name: string): Promise<UnitState>
  /** The states of several units, with one call. */
  units(names: readonly string[]): Promise<UnitState[]>
  /** Whether a unit starts at boot according to the files on the disk, which systemd may not have loaded. */
  isEnabled(name: string): Promise<boolean>
  reload(): Promise<void>
  /** Start a unit at boot. Like `disable`, it only changes files: systemd notices after a reload. */
  enable(name: string): Promise<void>
  disable(name: string): Promise<void>
  start(name: string): Promise<void>
  restart(name: string): Promise<void>
  /** Stop a unit and reset its failed state. `alone`: units that require it, or are part of it, stay up (systemctl(1), --job-mode). */
  stop(name: string, options?: { alone: boolean }): Promise<void>
}

const properties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Result',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'NRestarts',
  'ActiveEnterTimestampMonotonic',
  'ExecStart',
  'ExecStartPre',
  'ExecMainStartTimestampMonotonic',
  'MainPID',
  'After',
  'Wants',
  'KillMode',
  'ExecMainCode',
  'ExecMainStatus',
  'StandardOutput',
  'StandardError',
]

/**
 * Parse the output of `systemctl show`. `nowUs` is the monotonic clock in microseconds, the clock of systemd's
 * `…TimestampMonotonic` properties (`--timestamp=unix` needs systemd 248).
 */
export function parseUnit(name: string, text: string, nowUs: number): UnitState {
  const values = new Map(
    text.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
  const value = (key: string): string => values.get(key) ?? ''
  const isActive = value('ActiveState') === 'active'
  const activeSinceUs = Number(value('ActiveEnterTimestampMonotonic') || 0)
  return {
    name,
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    enabled: value('UnitFileState'),
    result: value('Result'),
    fragmentPath: value('FragmentPath'),
    dropIns: value('DropInPaths').split(' ').filter(Boolean),
    needsReload: value('NeedDaemonReload') === 'yes',
    restarts: Number(value('NRestarts') || 0),
    activeForMs: isActive ? (nowUs - activeSinceUs) / 1000 : undefined,
    mainPid: Number(value('MainPID') || 0),
    startedInMs: isActive
      ? (activeSinceUs - Number(value('ExecMainStartTimestampMonotonic') || 0)) / 1000
      : undefined,
    after: value('After').split(' ').filter(Boolean),
    wants: value('Wants').split(' ').filter(Boolean),
    execStart: /argv\[\]=(.*?) ; /.exec(value('ExecStart'))?.[1] ?? '',
    killMode: value('KillMode'),
    exit:
      Number(value('ExecMainCode')) > 0
        ? { code: Number(value('ExecMainCode')), status: Number(value('ExecMainStatus')) }
        : preparationExit(value('ExecStartPre')),
    standardError: value('StandardError') === 'inherit' ? value('StandardOutput') : value('StandardError'),
  }
}

/** The end of a command that must succeed before the main process starts; undefined when it did not fail. */
function preparationExit(execStartPre: string): UnitState['exit'] {
  const status = Number(/ code=exited ; status=(\d{1,3})/.exec(execStartPre)?.[1] ?? 0)
  return status > 0 ? { code: 1, status } : undefined
}

export function localSystemd(
  processes: Processes,
  exists: (path: string) => Promise<boolean>,
  syncDirectory: (path: string) => Promise<void>,
): Systemd {
  const systemctl = (timeoutMs: number, ...args: string[]) => processes.run('systemctl', args, { timeoutMs })
  const quickMs = 30_000
  const show = async (names: readonly string[]): Promise<string> =>
    (await systemctl(quickMs, 'show', `--property=${properties.join()}`, '--', ...names)).stdout
  const now = (): number => Number(process.hrtime.bigint() / 1000n)
  // The broker's unit may take its whole TimeoutStartSec (150 s) before systemctl reports a failure.
  const startMs = 200_000
  // It runs every generator again: over 30 s on an emulated machine with other work.
  const reloadMs = 200_000
  return {
    isInit: () => exists('/run/systemd/system'),
    unit: async name => parseUnit(name, await show([name]), now()),
    async units(names) {
      // A blank line separates the units, which come in the order of the arguments.
      const blocks = (await show(names)).split('\n\n')
      return names.map((name, index) => parseUnit(name, blocks[index] ?? '', now()))
    },
    async isEnabled(name) {
      // Its exit code is 1 for a unit that is not enabled.
      const { stdout } = await processes.attempt('systemctl', ['is-enabled', '--', name], {
        timeoutMs: quickMs,
      })
      return stdout.trim() === 'enabled'
    },
    reload: async () => void (await systemctl(reloadMs, 'daemon-reload')),
    async enable(name) {
      await systemctl(quickMs, '--no-reload', 'enable', '--', name)
      // systemctl does not sync the link to the disk.
      if (await exists(paths.startedAtBoot)) await syncDirectory(paths.startedAtBoot)
    },
    disable: async name => void (await systemctl(quickMs, '--no-reload', 'disable', '--', name)),
    start: async name => void (await systemctl(startMs, 'start', '--', name)),
    restart: async name => void (await systemctl(startMs, 'restart', '--', name)),
    async stop(name, { alone } = { alone: false }) {
      await systemctl(startMs, 'stop', ...(alone ? ['--job-mode=ignore-requirements'] : []), '--', name)
      // It fails when the unit has not failed.
      await processes.attempt('systemctl', ['reset-failed', '--', name], { timeoutMs: quickMs })
    },
  }
}
