import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'

const nodeNames: Record<Architecture, string> = { amd64: 'x64', arm64: 'arm64' }

/** The edgekit executable for a bundle: this one if it has that architecture, else the one beside it, or in `dist`. */
function pathFor(arch: Architecture): string {
  if (isSea() && process.arch === nodeNames[arch]) return process.execPath
  const directory = isSea()
    ? dirname(process.execPath)
    : fileURLToPath(new URL('../../../dist', import.meta.url))
  return join(directory, `edgekit-linux-${arch}`)
}

/** Whether a bundle for this architecture can be built here. */
export const hasExecutableFor = (arch: Architecture): boolean => existsSync(pathFor(arch))

/**
 * The path of the edgekit executable for a bundle; in a checkout, the result of `npm run build:sea`. Throws EdgekitError
 * when it does not exist.
 */
export function edgekitExecutableFor(arch: Architecture): string {
  const path = pathFor(arch)
  if (existsSync(path)) return path
  throw new EdgekitError(`cannot build a bundle for ${arch}: its edgekit executable is not at ${path}`, {
    code: 'edgekit-executable-not-found',
    remedy: `Copy edgekit-linux-${arch} there. In a checkout, build it:\n  npm run build:sea -- --arch ${arch}`,
  })
}
