import { dirname } from 'node:path'
import type { ErrorCode } from '../error-codes.ts'
import { systemErrorName } from '../errors.ts'
import { shellWord } from '../format.ts'

interface Failure {
  code: ErrorCode
  /** What to do, and the command that shows the state of the directory. */
  remedy: (directory: string) => string
}

/** What a disk or the kernel refuses for any file (errno(3)). */
const failures: Readonly<Record<string, Failure>> = {
  ENOSPC: {
    code: 'no-space',
    remedy: directory => `Free space on this file system:\n  df -h ${directory}`,
  },
  EDQUOT: {
    code: 'no-space',
    remedy: directory => `Free space, or have the quota raised:\n  quota -s; df -h ${directory}`,
  },
  EROFS: {
    code: 'disk-failed',
    remedy: directory =>
      `Make the file system writable. After disk errors the kernel mounts it read-only, and its log shows them:\n  findmnt --target ${directory}; dmesg --level=err,crit`,
  },
  EIO: {
    code: 'disk-failed',
    remedy: directory =>
      `Check the disk, and replace it if it fails. The kernel log has its errors:\n  findmnt --target ${directory}; dmesg --level=err,crit`,
  },
  EMFILE: {
    code: 'too-many-open-files',
    remedy: () => 'Raise the limit for open files, then run the command again:\n  ulimit -n 65536',
  },
}

/** The failing disk or limit behind an error or its cause; undefined for any other error. `path` is what was written. */
export function storageFailure(
  error: unknown,
  path: string,
): { code: ErrorCode; remedy: string } | undefined {
  for (let found: unknown = error; found instanceof Error; found = found.cause) {
    const failure = failures[systemErrorName(found) ?? '']
    if (failure) return { code: failure.code, remedy: failure.remedy(shellWord(dirname(path))) }
  }
  return undefined
}
