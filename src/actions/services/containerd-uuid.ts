import type { Node } from '../../node/node.ts'
import type { Action } from '../action.ts'

async function damaged({ containerd }: Node) {
  if (!(await containerd.answers())) return undefined
  return await containerd.damagedUuid((await containerd.config()).config.root)
}

/** Removes the damaged UUID of containerd, which makes a new one when it is asked. */
export const containerdUuid: Action<Record<string, never>, null> = {
  kind: 'containerd-uuid',
  describe: () => 'Renew the UUID of containerd',
  inspect: async (_, node) => ((await damaged(node)) ? 'needed' : 'done'),
  capture: async () => null,
  async apply(_, node) {
    const found = await damaged(node)
    if (found) await node.files.remove(found.path)
  },
  // What containerd could not read is of no use.
  revert: async () => {},
}
