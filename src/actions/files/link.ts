import type { Action } from '../action.ts'
import { type KeptFile, keepFile, putFileBack } from './kept-file.ts'

export interface LinkSpec {
  path: string
  target: string
}

export const link: Action<LinkSpec, KeptFile> = {
  kind: 'link',
  describe: ({ path, target }) => `Link ${path} to ${target}`,
  async inspect({ path, target }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    return found.kind === 'symlink' && (await files.linkTarget(path)) === target ? 'done' : 'foreign'
  },
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  apply: ({ path, target }, { files }) => files.link(path, target),
  revert: ({ path }, before, { files }) => putFileBack(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
}
