import { join } from 'node:path'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { notWritable, requireOutputFile } from '../../lib/files/output-file.ts'
import { readInput } from '../../lib/files/read-input.ts'
import { replaceFile } from '../../lib/files/replace-file.ts'
import type { Definition } from '../definition/definition.ts'
import { formatLock, type Lock, parseLock } from './lock.ts'
import { lockDifferences } from './lock-differences.ts'

const maxLockBytes = 16_000_000

/** The default path of a lock: beside its definition; for a default definition in the working directory. */
export const lockPath = ({ directory }: Definition): string => join(directory, 'edgekit.lock')

/** The lock to build from, if there is one, and how it differs from the definition. */
export interface UsedLock {
  lock: Lock | undefined
  differences: readonly string[]
}

export interface LockFileOptions {
  definition: Definition
  architectures: readonly Architecture[]
  path: string
  /** The lock must exist. */
  required: boolean
  /** The lock must exist and match the definition. */
  frozen: boolean
}

/** Read the lock of a definition. Throws EdgekitError. */
export async function readLockFile(options: LockFileOptions): Promise<UsedLock> {
  const { definition, architectures, path, required, frozen } = options
  const text = await readIfThere(path)
  if (text === undefined) {
    if (!required && !frozen) return { lock: undefined, differences: [] }
    throw new EdgekitError(`cannot read ${path}: no such file`, {
      code: 'lock-not-found',
      remedy: 'Create it with edgekit lock, or name it with --lock.',
    })
  }
  const lock = parseLock(text, path)
  const differences = lockDifferences(definition, lock, architectures)
  if (frozen && differences.length > 0) {
    const lines = differences.map(line => `  ${line}`).join('\n')
    throw new EdgekitError(`${path} does not match ${definition.file}:\n${lines}`, {
      code: 'lock-mismatch',
      remedy: 'Update the lock, and review its changes:\n  edgekit lock',
    })
  }
  return { lock, differences }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return String(await readInput(path, maxLockBytes))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new EdgekitError(`cannot read the lock ${path}: ${messageOf(error)}`, {
      code: 'file-unreadable',
      remedy: 'Check the path and its permissions.',
      cause: error,
    })
  }
}

/** Write a lock atomically. Throws EdgekitError. */
export async function writeLockFile(path: string, lock: Lock): Promise<void> {
  await requireOutputFile(path)
  try {
    await replaceFile(path, async file => {
      await file.writeFile(formatLock(lock))
      await file.chmod(0o666 & ~process.umask())
    })
  } catch (error) {
    throw notWritable(path, error)
  }
}
