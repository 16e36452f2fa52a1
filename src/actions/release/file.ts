import type { Files } from '../../node/files.ts'
import type { FileSpec } from '../files/file.ts'
import { type KeptFile, putFileBack } from '../files/kept-file.ts'
import { gone, type Release } from './release.ts'

type State = 'gone' | 'ours' | 'changed'

async function stateOf({ path, sha256 }: FileSpec, files: Files): Promise<State> {
  const found = await files.status(path)
  if (!found) return 'gone'
  return found.kind === 'file' && (await files.sha256(path)) === sha256 ? 'ours' : 'changed'
}

export const releaseFile: Release<FileSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => (before ? `Put back ${path}` : `Remove ${path}`),
  async release({ spec, before }, { node: { files }, purge }) {
    const state = await stateOf(spec, files)
    if (state === 'gone') return []
    // Nobody else writes in edgekit's own directories, but to change a configuration: then it is the user's.
    const isConfiguration = spec.path.startsWith('/etc/edgekit/')
    if (state === 'changed' && !spec.ours && !(isConfiguration && purge))
      return [{ what: spec.path, why: 'it has been changed since edgekit wrote it' }]
    await putFileBack(spec.path, before, files)
    return []
  },
  async difference({ spec }, { files }) {
    const found = await files.status(spec.path)
    if (!found) return gone
    if ((await stateOf(spec, files)) === 'changed') return 'has been changed'
    const { mode, uid, gid } = found
    if (mode === spec.mode && uid === spec.uid && gid === spec.gid) return undefined
    return `has mode ${mode.toString(8)} and owner ${uid}:${gid}, expected ${spec.mode.toString(8)} and ${spec.uid}:${spec.gid}`
  },
}
