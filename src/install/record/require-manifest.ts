import type { Manifest } from '../../bundle/manifest.ts'
import { installedManifest } from '../../facts/installed-bundle.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'

/** The manifest of the bundle on a node that has a receipt. Throws EdgekitError when it is missing or cannot be read. */
export async function requireManifest(node: Node): Promise<Manifest> {
  const refuse = (why: string, cause?: unknown) =>
    new EdgekitError(`cannot read ${paths.installedManifest}: ${why}`, {
      code: 'bundle-damaged',
      remedy: 'Install the bundle again:\n  ./edgekit install',
      cause,
    })
  const manifest = await installedManifest(node).catch((error: unknown) => {
    throw refuse(messageOf(error), error)
  })
  if (!manifest) throw refuse('no such file')
  return manifest
}
