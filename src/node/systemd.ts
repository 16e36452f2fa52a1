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
  /** Why it last stopped: `success`, `exit-code`, `timeout`, `signal`, … */
  result: string
  fragmentPath: string
  dropIns: string[]
  needsReload: boolean
  /** How often systemd restarted it by itself since it was last started on purpose. */
  restarts: number
  /** For how long it has been active, milliseconds; undefined when it is not. */
  activeForMs: number | undefined
  execStart: string
  /** Process id of what ExecStart started; 0 when it does not run. */
  mainPid: number
  /** From the start of that process to active, milliseconds; undefined when it is not active. */
  startedInMs: number | undefined
  /** The units it starts after, and those it brings along. */
  after: string[]
  wants: string[]
  /** What stopping it ends: `control-group`, `mixed`, `process`, `none`. */
  killMode: string
}

/** There is no such unit. One whose file was removed may still run. */
export const isUnknown = ({ load, active }: UnitState): boolean =>
  load === 'not-found' && active === 'inactive'

export interface Systemd {
  /** Is systemd the init of this machine (sd_booted(3): /run/systemd/system exists)? */
  isInit(): Promise<boolean>
  unit(name: string): Promise<UnitState>
  /** The same for several, with one call. */
  units(names: readonly string[]): Promise<UnitState[]>
  /** Whether it starts at boot as the files on the disk say, which systemd may not have read yet. */
  isEnabled(name: string): Promise<boolean>
  reload(): Promise<void>
  /** At the next boot; systemd itself has to read its unit files again to know of it, as after `disable`. */
  enable(name: string): Promise<void>
  disable(name: string): Promise<void>
  start(name: string): Promise<void>
  restart(name: string): Promise<void>
  /** Stop it and forget that it failed, if it did. */
  stop(name: string): Promise<void>
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
  'ExecMainStartTimestampMonotonic',
  'MainPID',
  'After',
  'Wants',
  'KillMode',
]

/**
 * Read the output of `systemctl show`. `nowUs` is the monotonic clock in microseconds, the one that systemd's
 * `…TimestampMonotonic` properties count in (`--timestamp=unix` is missing before systemd 248).
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
  }
}

export function localSystemd(
  processes: Processes,
  exists: (path: string) => Promise<boolean>,
  syncDirectory: (path: string) => Promise<void>,
): Systemd {
  const systemctl = (timeoutMs: number, ...args: string[]) => processes.run('systemctl', args, { timeoutMs })
  const quick = 30_000
  const show = async (names: readonly string[]): Promise<string> =>
    (await systemctl(quick, 'show', `--property=${properties.join()}`, '--', ...names)).stdout
  const now = (): number => Number(process.hrtime.bigint() / 1000n)
  // The broker's unit may take its whole TimeoutStartSec (150 s) before systemctl can say that it failed.
  const patient = 200_000
  return {
    isInit: () => exists('/run/systemd/system'),
    unit: async name => parseUnit(name, await show([name]), now()),
    async units(names) {
      // A blank line ends what is said of each, in the order in which they were asked for.
      const blocks = (await show(names)).split('\n\n')
      return names.map((name, index) => parseUnit(name, blocks[index] ?? '', now()))
    },
    async isEnabled(name) {
      // Its exit code is 1 for one that is not.
      const { stdout } = await processes.attempt('systemctl', ['is-enabled', '--', name], {
        timeoutMs: quick,
      })
      return stdout.trim() === 'enabled'
    },
    reload: async () => void (await systemctl(quick, 'daemon-reload')),
    async enable(name) {
      await systemctl(quick, '--no-reload', 'enable', '--', name)
      // systemctl does not wait until the link is on the disk.
      if (await exists(paths.startedAtBoot)) await syncDirectory(paths.startedAtBoot)
    },
    disable: async name => void (await systemctl(quick, '--no-reload', 'disable', '--', name)),
    start: async name => void (await systemctl(patient, 'start', '--', name)),
    restart: async name => void (await systemctl(patient, 'restart', '--', name)),
    async stop(name) {
      await systemctl(patient, 'stop', '--', name)
      // It is an error where nothing has failed.
      await processes.attempt('systemctl', ['reset-failed', '--', name], { timeoutMs: quick })
    },
  }
}
