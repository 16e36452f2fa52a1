import type { Action } from './action.ts'

export interface LinkSpec {
  path: string
  target: string
}

export const link: Action<LinkSpec, null> = {
  kind: 'link',
  describe: ({ path, target }) => `Link ${path} to ${target}`,
  async inspect({ path, target }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    return found.kind === 'symlink' && (await files.linkTarget(path)) === target ? 'done' : 'foreign'
  },
  capture: async () => null,
  apply: ({ path, target }, { files }) => files.link(path, target),
  revert: ({ path }, _, { files }) => files.remove(path),
  ownership: () => 'created',
}
