import type { Node } from '../../node/node.ts'
import { type KeptFile, putFileBack } from '../files/kept-file.ts'
import type { LinkSpec } from '../files/link.ts'
import { gone, type Release } from './release.ts'

async function stateOf({ path, target }: LinkSpec, { files }: Node): Promise<'gone' | 'ours' | 'changed'> {
  const found = await files.status(path)
  if (!found) return 'gone'
  return found.kind === 'symlink' && (await files.linkTarget(path)) === target ? 'ours' : 'changed'
}

export const releaseLink: Release<LinkSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => (before ? `Put back ${path}` : `Remove ${path}`),
  async release({ spec, before }, { node }) {
    const state = await stateOf(spec, node)
    if (state === 'changed')
      return [{ what: spec.path, why: `it is no longer the link to ${spec.target} that edgekit made` }]
    if (state === 'ours') await putFileBack(spec.path, before, node.files)
    return []
  },
  async difference({ spec }, node) {
    const state = await stateOf(spec, node)
    if (state === 'ours') return undefined
    return state === 'gone' ? gone : `is no longer a link to ${spec.target}`
  },
}
