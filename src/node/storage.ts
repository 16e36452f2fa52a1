import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Files } from './files.ts'

/** The file system of a path, which need not exist yet. */
export interface FileSystem {
  path: string
  mountPoint: string
  /** `8:1`: the same for everything that shares its space, as bind mounts do. */
  device: string
  /** `ext4`, `overlay`, `tmpfs`, … */
  type: string
  readOnly: boolean
  /** It is mounted `noexec`. */
  noExec: boolean
  totalBytes: number
  /** Available to users other than root, which is also what the kubelet looks at. */
  availableBytes: number
  /** 0 where the file system does not count them, as on btrfs. */
  totalInodes: number
  freeInodes: number
}

export interface Storage {
  fileSystem(path: string): Promise<FileSystem>
}

interface Mount {
  mountPoint: string
  device: string
  type: string
  options: Set<string>
}

/** Decode the octal escapes of /proc/self/mountinfo: `\040` is a space. */
const withoutEscapes = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** The lines of /proc/self/mountinfo (proc_pid_mountinfo(5)), in mount order. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [own = '', rest = ''] = line.split(' - ')
      const [, , device = '', , mountPoint = '', options = ''] = own.split(' ')
      const [type = '', , superOptions = ''] = rest.split(' ')
      return {
        mountPoint: withoutEscapes(mountPoint),
        device,
        type,
        // The mount or the file system itself may be read-only.
        options: new Set([
          ...options.split(','),
          ...superOptions.split(',').filter(option => option === 'ro'),
        ]),
      }
    })
}

/** The mount visible at a path: the deepest one, and the last of several at the same mount point. */
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
        device: mount?.device ?? '',
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
