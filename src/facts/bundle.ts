import { type Manifest, parseManifest } from '../bundle/manifest.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/**
 * The manifest of the bundle that this node is about: the one installed last (undefined when edgekit has installed
 * nothing here); an install puts the one that is to be installed in its place.
 */
export const bundle: Collector<Manifest | undefined> = {
  name: 'bundle',
  timeoutMs: 10_000,
  async collect(node) {
    const text = await node.files.read(paths.installedManifest)
    return text === undefined ? undefined : parseManifest(text)
  },
}
