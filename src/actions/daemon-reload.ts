import { join } from 'node:path'
import type { Node } from '../node/node.ts'
import type { UnitState } from '../node/systemd.ts'
import type { Action } from './action.ts'

export interface DaemonReloadSpec {
  units: readonly string[]
  /**
   * systemd did not know them when the node was looked at, and reads them as they are now when somebody asks for them: to read
   * all units again takes as long as to start one. It must not be left out for one that it knew, for it only notices what
   * has a later time than what it has read, which a clock that is behind does not give.
   */
  areNew?: true
}

/** It was read from its place, with all that is in the directory of its drop-ins. */
async function isRead(
  { name, load, needsReload, fragmentPath, dropIns }: UnitState,
  { files }: Node,
): Promise<boolean> {
  const unit = join('/etc/systemd/system', name)
  const beside = (await files.list(`${unit}.d`)).filter(file => file.endsWith('.conf'))
  return (
    load === 'loaded' &&
    !needsReload &&
    fragmentPath === unit &&
    beside.every(file => dropIns.includes(join(`${unit}.d`, file)))
  )
}

async function areRead({ units }: DaemonReloadSpec, node: Node): Promise<boolean> {
  const states = await node.systemd.units(units)
  return (await Promise.all(states.map(state => isRead(state, node)))).every(Boolean)
}

export const daemonReload: Action<DaemonReloadSpec, null> = {
  kind: 'daemon-reload',
  describe: () => 'Let systemd read its unit files again',
  async inspect({ units }, { systemd }) {
    const states = await systemd.units(units)
    return states.some(({ needsReload }) => needsReload) ? 'needed' : 'done'
  },
  capture: async () => null,
  async apply(spec, node) {
    if (!spec.areNew || !(await areRead(spec, node))) await node.systemd.reload()
  },
  // What it read is put back only after this: whoever rolls back reloads once at the end.
  revert: async () => {},
}
