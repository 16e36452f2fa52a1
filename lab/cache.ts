import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the lab keeps what is slow to make: root trees, images, executables. Outside the repository. */
const cacheRoot = join(
  process.env['EDGEKIT_LAB_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'edgekit-lab'),
)

const anHour = 3_600_000

/**
 * The directory that `build` fills, made once per distinct `inputs`. It appears under its final name only when
 * `build` succeeded, so an interrupted run never leaves a half-made entry; two builds at once are safe, the first to
 * finish wins. What was made under the same name from other inputs goes when nobody has asked for it in an hour.
 */
export async function cached(
  name: string,
  inputs: readonly (string | Uint8Array)[],
  build: (directory: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(input).update('\0')
  const directory = join(cacheRoot, `${name}-${hash.digest('hex').slice(0, 16)}`)
  if (!existsSync(directory)) {
    await forgetUnused(name)
    await makeWhole(directory, build)
  }
  await utimes(directory, new Date(), new Date())
  return directory
}

async function makeWhole(directory: string, build: (directory: string) => Promise<unknown>): Promise<void> {
  const unfinished = `${directory}.${randomUUID()}.unfinished`
  await mkdir(unfinished, { recursive: true })
  try {
    await build(unfinished)
    await rename(unfinished, directory).catch(error => {
      if (!existsSync(directory)) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Every state of the sources makes hundreds of megabytes more. */
async function forgetUnused(name: string): Promise<void> {
  const others = (await readdir(cacheRoot).catch(() => [])).filter(
    entry => entry.startsWith(`${name}-`) && /^[0-9a-f]{16}(\..*)?$/.test(entry.slice(name.length + 1)),
  )
  for (const entry of others) {
    const path = join(cacheRoot, entry)
    const used = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
    if (used < Date.now() - anHour) await rm(path, { recursive: true, force: true })
  }
}
