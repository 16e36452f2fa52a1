import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Cache of the lab outside the repository: root trees, images, executables. */
const cacheRoot = join(
  process.env['EDGEKIT_LAB_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'edgekit-lab'),
)

const anHour = 3_600_000

/**
 * A directory filled by `build`, once for each distinct `inputs`. It gets its final name only after `build` succeeded,
 * so an interrupted run leaves no incomplete entry; of two concurrent builds the first to finish wins. Entries of the
 * same name with other inputs are evicted when unused for an hour.
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

/** Each change of the sources adds hundreds of megabytes. */
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
