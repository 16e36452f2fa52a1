import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Files } from './files.ts'

/** The file system that a path is on, or will be on once the path exists. */
export interface FileSystem {
  path: string
  mountPoint: string
  /** `ext4`, `overlay`, `tmpfs`, … */
  type: string
  readOnly: boolean
  /** Programs on it cannot be started. */
  noExec: boolean
  totalBytes: number
  /** For those who are not root, which is also what the kubelet goes by. */
  availableBytes: number
  /** 0 on a file system that does not count them, such as btrfs. */
  totalInodes: number
  freeInodes: number
}

export interface Storage {
  fileSystem(path: string): Promise<FileSystem>
}

interface Mount {
  mountPoint: string
  type: string
  options: Set<string>
}

/** Undo the octal escapes of /proc/self/mountinfo: `\040` is a blank. */
const withoutEscapes = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** The lines of /proc/self/mountinfo (proc_pid_mountinfo(5)), in the order in which they were mounted. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [own = '', rest = ''] = line.split(' - ')
      const [, , , , mountPoint = '', options = ''] = own.split(' ')
      const [type = '', , superOptions = ''] = rest.split(' ')
      return {
        mountPoint: withoutEscapes(mountPoint),
        type,
        // Either the mount or the file system itself may be read-only.
        options: new Set([
          ...options.split(','),
          ...superOptions.split(',').filter(option => option === 'ro'),
        ]),
      }
    })
}

/** The mount that is seen at a path: the deepest one, and of several at one place the last. */
const mountOf = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts
    .filter(({ mountPoint }) => `${path}/`.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
      undefined,
    )

export function localStorage(files: Files): Storage {
  const existing = async (path: string): Promise<string> =>
    path === '/' || (await files.status(path)) !== undefined ? path : existing(dirname(path))
  return {
    async fileSystem(path) {
      const [mounts, numbers] = await Promise.all([
        files.read('/proc/self/mountinfo'),
        existing(path).then(found => statfs(found)),
      ])
      const mount = mountOf(parseMounts(mounts ?? ''), path)
      return {
        path,
        mountPoint: mount?.mountPoint ?? '/',
        type: mount?.type ?? 'unknown',
        readOnly: mount?.options.has('ro') ?? false,
        noExec: mount?.options.has('noexec') ?? false,
        totalBytes: numbers.blocks * numbers.bsize,
        availableBytes: numbers.bavail * numbers.bsize,
        totalInodes: numbers.files,
        freeInodes: numbers.ffree,
      }
    },
  }
}
