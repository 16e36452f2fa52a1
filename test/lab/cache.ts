import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the lab keeps what is slow to make: root trees, images, executables. Outside the repository. */
export const cacheRoot = join(
  process.env['EDGEKIT_LAB_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'edgekit-lab'),
)

/**
 * The directory that `build` fills, made once per distinct `inputs`. It appears under its final name only when
 * `build` succeeded, so an interrupted run never leaves a half-made entry; two builds at once are safe, the first to
 * finish wins.
 */
export async function cached(
  name: string,
  inputs: readonly (string | Uint8Array)[],
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(input).update('\0')
  const directory = join(cacheRoot, `${name}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(directory)) return directory
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
  return directory
}
