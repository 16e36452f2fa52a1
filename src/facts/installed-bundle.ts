import { type Manifest, parseManifest } from '../bundle/manifest.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { memoizePerNode } from './memoized-node.ts'

/** The manifest of the installed bundle; undefined when edgekit has installed nothing here. */
export const installedManifest = memoizePerNode(async ({ files }): Promise<Manifest | undefined> => {
  const text = await files.read(paths.installedManifest)
  return text === undefined ? undefined : parseManifest(text)
})

/** The manifest of the installed bundle. During an install, the manifest of the new bundle replaces it. */
export const bundle: Collector<Manifest | undefined> = {
  timeoutMs: 10_000,
  collect: installedManifest,
}
