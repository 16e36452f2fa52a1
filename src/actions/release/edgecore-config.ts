import { patchEdgecoreConfig, restoreKeys } from '../../edgecore/config/config.ts'
import type { EdgecoreConfigSpec } from '../files/edgecore-config.ts'
import { type KeptFile, putFileBack } from '../files/kept-file.ts'
import { gone, type Release } from './release.ts'

export const releaseEdgecoreConfig: Release<EdgecoreConfigSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => (before ? `Put back ${path}` : `Remove ${path}`),
  async release({ spec: { path, values }, before, after }, { node: { files }, purge }) {
    const text = await files.read(path)
    if (text === undefined) return []
    const asLeft = (await files.sha256(path)) === (after as { sha256?: string } | null)?.sha256
    if (asLeft || (!before && purge)) {
      await putFileBack(path, before, files)
      return []
    }
    if (!before || 'linkTo' in before)
      return [{ what: path, why: 'it has been changed since edgekit wrote it' }]
    const old = (await files.read(before.backup)) ?? ''
    const restored = restoreKeys(text, old, values)
    const access = await files.status(path)
    if (restored.text !== text && access) await files.write(path, { text: restored.text }, access)
    return restored.changedSince.map(key => ({
      what: `${key} in ${path}`,
      why: 'it has been changed since edgekit set it',
    }))
  },
  async difference({ spec: { path, values }, after }, { files }) {
    const text = await files.read(path)
    if (text === undefined) return gone
    if ((await files.sha256(path)) === (after as { sha256?: string } | null)?.sha256) return undefined
    const { changed } = patchEdgecoreConfig(text, values)
    if (changed.length === 0) return undefined
    const shown = changed.map(
      ({ path: key, before, after }) =>
        `${key} is ${JSON.stringify(before)}, expected ${JSON.stringify(after)}`,
    )
    return `has other values: ${shown.join('; ')}`
  },
}
