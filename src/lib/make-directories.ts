import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Make a directory and those above it that are missing, and say which of them was made first: undefined when none was
 * missing. One by one, because `mkdir` of Node.js 24 with `recursive` never comes back from a place like /proc, where
 * nothing can be made and the system says that it does not exist. Throws what the system says.
 */
export async function makeDirectories(path: string): Promise<string | undefined> {
  try {
    return await makeOne(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
  }
  const first = await makeDirectories(dirname(path))
  const made = await makeOne(path)
  return first ?? made
}

/** Its path, or undefined when it is there already. */
async function makeOne(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return undefined
    throw error
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
