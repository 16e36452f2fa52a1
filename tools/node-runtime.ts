import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extract } from 'tar'
import { $ } from 'zx'

export type Arch = 'amd64' | 'arm64'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Architecture of this process, as Debian and KubeEdge name it. */
export function hostArch(): Arch {
  if (process.platform !== 'linux')
    throw new Error(`cannot build edgekit on ${process.platform}: Linux is required`)
  if (process.arch === 'x64') return 'amd64'
  if (process.arch === 'arm64') return 'arm64'
  throw new Error(`package-lock.json has no Node.js for ${process.arch}`)
}

interface LockedPackage {
  version: string
  integrity: string
}

/**
 * Path of the pinned Node.js binary for `arch`. npm has installed the one for the host; for another architecture, its npm
 * package is downloaded once into build/ and verified against package-lock.json.
 */
export async function nodeRuntime(arch: Arch): Promise<string> {
  const name = packageOf(arch)
  const installed = join(root, 'node_modules', name, 'bin', 'node')
  if (existsSync(installed)) return installed

  const { version, integrity } = await lockedPackage(name)
  const directory = join(root, 'build', `${name}-${version}`)
  const binary = join(directory, 'node')
  if (existsSync(binary)) return binary

  const unfinished = `${directory}.${randomUUID()}.unfinished`
  await mkdir(unfinished, { recursive: true })
  try {
    const pack = await $({ quiet: true })`npm pack ${name}@${version} --json --pack-destination ${unfinished}`
    const [{ filename }] = pack.json<[{ filename: string }]>()
    const tarball = join(unfinished, filename)
    checkIntegrity(await readFile(tarball), integrity, `${name}@${version}`)
    await extract({ file: tarball, cwd: unfinished, strip: 2, strict: true }, ['package/bin/node'])
    await rm(tarball)
    await chmod(join(unfinished, 'node'), 0o755)
    await rename(unfinished, directory).catch(error => {
      if (!existsSync(binary)) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return binary
}

/** Version of Node.js in the executable for `arch`. */
export const nodeVersion = async (arch: Arch): Promise<string> =>
  (await lockedPackage(packageOf(arch))).version

const packageOf = (arch: Arch): string => `node-linux-${arch === 'amd64' ? 'x64' : arch}`

async function lockedPackage(name: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage | undefined>
  }
  const locked = lock.packages[`node_modules/${name}`]
  if (locked === undefined) throw new Error(`package-lock.json has no ${name}`)
  return locked
}

/** Throw unless `bytes` match an integrity of package-lock.json (`sha512-…`). https://www.w3.org/TR/SRI/ */
export function checkIntegrity(bytes: Uint8Array, integrity: string, what: string): void {
  const algorithm = integrity.slice(0, integrity.indexOf('-'))
  const found = `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
  if (found !== integrity)
    throw new Error(`${what} has integrity ${found}, but package-lock.json requires ${integrity}`)
}
