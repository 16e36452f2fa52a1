import { join } from 'node:path'
import type { Access } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { DirectorySpec } from '../files/directory.ts'
import { gone, type Release } from './release.ts'

interface Before {
  made: string[]
  access: Access | null
}

/** One that is edgekit's own goes, even if it was there before: after an earlier uninstall that left data in it, say. */
export const releaseDirectory: Release<DirectorySpec, Before> = {
  title: ({ spec: { path } }) => `Remove the directory ${path}`,
  async release({ spec: { path, ours }, before }, { node: { files }, purge }) {
    if (!ours && before.access) return []
    if ((await files.status(path))?.kind !== 'directory') return []
    if (ours && purge) await files.removeTree(path)
    const names = await files.list(path)
    if (names.length > 0 && path === paths.brokerData) {
      const why = 'the data of the broker; uninstall --purge removes it as well'
      return [{ what: path, why, intended: true }]
    }
    if (names.length > 0)
      return ours ? names.map(name => ({ what: join(path, name), why: 'edgekit did not put it there' })) : []
    for (const directory of new Set([path, ...before.made.toReversed()])) {
      if ((await files.list(directory)).length > 0) break
      await files.remove(directory)
    }
    return []
  },
  async difference({ spec: { path, ours, mode, uid, gid } }, { files }) {
    const found = await files.status(path)
    if (!found) return gone
    if (found.kind !== 'directory') return `is a ${found.kind}, expected a directory`
    if (!ours || (found.mode === mode && found.uid === uid && found.gid === gid)) return undefined
    return `has mode ${found.mode.toString(8)} and owner ${found.uid}:${found.gid}, expected ${mode.toString(8)} and ${uid}:${gid}`
  },
}
