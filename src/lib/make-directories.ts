import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Create a directory and its missing parents. Returns the topmost directory created, or undefined if none was missing.
 * Creates them one by one because `mkdir` of Node.js 24 with `recursive` never returns below /proc, where creation fails
 * with ENOENT. Throws the system error, or one about what is there instead.
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

/** Returns the path, or undefined if the directory already exists. */
async function makeOne(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if ((await stat(path)).isDirectory()) return undefined
    throw new Error('it is not a directory', { cause: error })
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
