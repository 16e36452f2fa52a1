import type { Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import { gone, type Kept, type Removal } from '../removal.ts'
import { isRestored, type KeptFile, keepFile, restoreFile } from './kept-file.ts'
import { keepBefore, oldVersions } from './old-version.ts'

export interface LinkSpec {
  path: string
  target: string
}

type State = 'gone' | 'ours' | 'changed'

async function stateOf({ path, target }: LinkSpec, files: Files): Promise<State> {
  const found = await files.status(path)
  if (!found) return 'gone'
  return found.kind === 'symlink' && (await files.linkTarget(path)) === target ? 'ours' : 'changed'
}

const removal: Removal<LinkSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => `${before ? 'Restore' : 'Remove'} ${path}`,
  async remove({ spec, before }, { node: { files } }) {
    const { path, target } = spec
    const state = await stateOf(spec, files)
    const kept: Kept[] = []
    if (state === 'changed' && !(await isRestored(path, before, files))) {
      await keepBefore(path, before, files)
      kept.push({ what: path, why: `no longer a link to ${target}` })
    }
    if (state === 'ours') await restoreFile(path, before, files)
    return [...kept, ...(await oldVersions(path, files))]
  },
  async difference({ spec }, { files }) {
    const state = await stateOf(spec, files)
    if (state === 'ours') return undefined
    return state === 'gone' ? gone : `is no longer a link to ${spec.target}`
  },
}

const inspections = { gone: 'needed', ours: 'done', changed: 'foreign' } as const

export const link: Action<LinkSpec, KeptFile> = {
  kind: 'link',
  describe: ({ path, target }) => `Link ${path} to ${target}`,
  inspect: async (spec, { files }) => inspections[await stateOf(spec, files)],
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  apply: ({ path, target }, { files }) => files.link(path, target),
  revert: ({ path }, before, { files }) => restoreFile(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  removal,
}
