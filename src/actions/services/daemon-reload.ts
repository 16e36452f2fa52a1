import type { Action } from '../action.ts'

export interface DaemonReloadSpec {
  units: readonly string[]
}

export const daemonReload: Action<DaemonReloadSpec, null> = {
  kind: 'daemon-reload',
  describe: () => 'Let systemd read its unit files again',
  async inspect({ units }, { systemd }) {
    const states = await systemd.units(units)
    return states.some(({ needsReload }) => needsReload) ? 'needed' : 'done'
  },
  capture: async () => null,
  async apply(_, { systemd }) {
    // It returns when everything has been read.
    await systemd.reload()
    return 'done'
  },
  // What it read is put back only after this: whoever rolls back reloads once at the end.
  revert: async () => {},
}
