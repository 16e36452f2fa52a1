import { glob } from 'node:fs/promises'
import { join } from 'node:path'

/** The files the product reads with readAsset, in the checkout at `root`: name -> path. */
export async function assetsOf(root: string): Promise<Record<string, string>> {
  const assets: Record<string, string> = { 'package.json': join(root, 'package.json') }
  for await (const entry of glob(['templates/**/*', 'bundles/*.yaml'], { cwd: root, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    assets[path.slice(root.length)] = path
  }
  return assets
}
