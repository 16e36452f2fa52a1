import { join } from 'node:path'
import type { Node } from '../node/node.ts'
import type { UnitState } from '../node/systemd.ts'
import type { Action } from './action.ts'

export interface DaemonReloadSpec {
  units: readonly string[]
  /** Only when systemd has them otherwise than they are on the disk. */
  ifStale?: true
}

async function isStale(
  { name, load, needsReload, fragmentPath }: UnitState,
  { files }: Node,
): Promise<boolean> {
  if (load !== 'loaded' || needsReload) return true
  // systemd does not notice by itself that a file has come that goes before the one it has read.
  const first = join('/etc/systemd/system', name)
  return fragmentPath !== first && (await files.status(first)) !== undefined
}

async function areStale({ units }: DaemonReloadSpec, node: Node): Promise<boolean> {
  const states = await node.systemd.units(units)
  return (await Promise.all(states.map(state => isStale(state, node)))).some(Boolean)
}

export const daemonReload: Action<DaemonReloadSpec, null> = {
  kind: 'daemon-reload',
  describe: () => 'Let systemd read its unit files again',
  async inspect({ units }, { systemd }) {
    const states = await systemd.units(units)
    return states.some(({ needsReload }) => needsReload) ? 'needed' : 'done'
  },
  capture: async () => null,
  // A unit that nobody has asked for yet it reads by itself, and to read all of them takes as long as to start one.
  async apply(spec, node) {
    if (!spec.ifStale || (await areStale(spec, node))) await node.systemd.reload()
  },
  // What it read is put back only after this: whoever rolls back reloads once at the end.
  revert: async () => {},
}
