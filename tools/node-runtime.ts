import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { extract } from 'tar'

export type Arch = 'amd64' | 'arm64'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The architecture this process runs on, by the name Debian and KubeEdge give it. */
export function hostArch(): Arch {
  if (process.platform !== 'linux') throw new Error(`edgekit is built on Linux, this is ${process.platform}`)
  if (process.arch === 'x64') return 'amd64'
  if (process.arch === 'arm64') return 'arm64'
  throw new Error(`no Node.js runtime is locked for ${process.arch}`)
}

interface LockedPackage {
  version: string
  integrity: string
}

/**
 * The pinned Node.js binary for `arch`: the one npm installed when the host has that architecture, otherwise its npm
 * package, fetched once into build/ and compared with the integrity in package-lock.json.
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
    const { stdout } = await execa('npm', [
      'pack',
      `${name}@${version}`,
      '--json',
      '--pack-destination',
      unfinished,
    ])
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
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

/** The version of Node.js in the executables for `arch`. */
export const nodeVersion = async (arch: Arch): Promise<string> =>
  (await lockedPackage(packageOf(arch))).version

const packageOf = (arch: Arch): string => `node-linux-${arch === 'amd64' ? 'x64' : arch}`

async function lockedPackage(name: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage | undefined>
  }
  const locked = lock.packages[`node_modules/${name}`]
  if (locked === undefined) throw new Error(`package-lock.json does not lock ${name}`)
  return locked
}

/** Compare bytes with a subresource integrity string such as `sha512-…`, as package-lock.json has it. */
export function checkIntegrity(bytes: Uint8Array, integrity: string, what: string): void {
  const algorithm = integrity.slice(0, integrity.indexOf('-'))
  const found = `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
  if (found !== integrity)
    throw new Error(`${what} has integrity ${found}, package-lock.json says ${integrity}`)
}
