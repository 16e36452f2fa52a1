import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'

const nodeNames: Record<Architecture, string> = { amd64: 'x64', arm64: 'arm64' }

/**
 * The edgekit executable that goes into a bundle: this one when it is of that architecture, else the one that lies
 * beside it; from a checkout the one that `npm run build:sea` made.
 */
export function edgekitExecutableFor(arch: Architecture): string {
  if (isSea() && process.arch === nodeNames[arch]) return process.execPath
  const directory = isSea()
    ? dirname(process.execPath)
    : fileURLToPath(new URL('../../../dist', import.meta.url))
  const path = join(directory, `edgekit-linux-${arch}`)
  if (existsSync(path)) return path
  throw new EdgekitError(
    `a bundle for ${arch} carries an edgekit for ${arch}, and there is none at ${path}`,
    {
      code: 'edgekit-executable-not-found',
      remedy: `Put edgekit-linux-${arch} there. In a checkout this makes it:\n  npm run build:sea -- --arch ${arch}`,
    },
  )
}
