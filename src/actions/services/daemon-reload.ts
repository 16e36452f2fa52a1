import type { Action } from '../action.ts'

export interface DaemonReloadSpec {
  units: readonly string[]
}

export const daemonReload: Action<DaemonReloadSpec, null> = {
  kind: 'daemon-reload',
  describe: () => 'Reload systemd',
  async inspect({ units }, { systemd }) {
    const states = await systemd.units(units)
    return states.some(({ needsReload }) => needsReload) ? 'needed' : 'done'
  },
  capture: async () => null,
  async apply(_, { systemd }) {
    // `systemctl daemon-reload` returns after all units have been read.
    await systemd.reload()
    return 'done'
  },
  // Unit files are restored after this step; a rollback reloads once at its end.
  revert: async () => {},
}
