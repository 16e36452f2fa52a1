import { join } from 'node:path'
import type { Node } from '../node/node.ts'
import type { Action } from './action.ts'

export interface DaemonReloadSpec {
  units: readonly string[]
  /** Only when systemd has them otherwise than they are on the disk. */
  ifStale?: true
}

async function isStale(unit: string, { systemd, files }: Node): Promise<boolean> {
  const { load, needsReload, fragmentPath } = await systemd.unit(unit)
  if (load !== 'loaded' || needsReload) return true
  // It does not notice by itself that a file has come that goes before the one it has read.
  const first = join('/etc/systemd/system', unit)
  return fragmentPath !== first && (await files.status(first)) !== undefined
}

export const daemonReload: Action<DaemonReloadSpec, null> = {
  kind: 'daemon-reload',
  describe: () => 'Let systemd read its unit files again',
  async inspect({ units }, { systemd }) {
    const states = await Promise.all(units.map(unit => systemd.unit(unit)))
    return states.some(({ needsReload }) => needsReload) ? 'needed' : 'done'
  },
  capture: async () => null,
  // A unit that nobody has asked for yet it reads by itself, and to read all of them takes as long as to start one.
  async apply({ units, ifStale = false }, node) {
    const stale = await Promise.all(units.map(unit => isStale(unit, node)))
    if (!ifStale || stale.some(Boolean)) await node.systemd.reload()
  },
  // What it read is put back only after this: whoever rolls back reloads once at the end.
  revert: async () => {},
}
