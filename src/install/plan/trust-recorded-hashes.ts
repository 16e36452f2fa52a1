import type { FileSpec } from '../../actions/files/file.ts'
import type { Files } from '../../node/files.ts'

/** Smaller files are always hashed; programs and images have 10 to 100 MB. */
const smallBytes = 1_000_000

/** What was made, as a receipt or a journal has it. */
interface Recorded {
  kind: string
  spec: unknown
  /** The action's fingerprint, or null. */
  after: unknown
}

interface Left {
  sha256: string
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  modified: number
}

/** The same files, but a large file whose size and time are as an install left them counts as unchanged. */
export function trustRecordedHashes(items: readonly Recorded[], files: Files): Files {
  const left = new Map(items.filter(({ kind }) => kind === 'file').map(leftBy))
  return {
    ...files,
    async sha256(path) {
      const { sha256, size = 0, modified } = left.get(path) ?? {}
      const isAsLeft = async () =>
        (await files.status(path))?.size === size && (await files.modified(path)) === modified
      return sha256 !== undefined && size > smallBytes && (await isAsLeft()) ? sha256 : files.sha256(path)
    },
  }
}

/** Records of older versions of edgekit have no size and time. */
function leftBy({ spec, after }: Recorded): [string, Partial<Left>] {
  const { path, sha256 } = spec as FileSpec
  return [path, { ...(after as Partial<Left> | null), sha256 }]
}
