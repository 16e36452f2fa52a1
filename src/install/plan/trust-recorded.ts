import type { FileSpec } from '../../actions/files/file.ts'
import type { ImageSpec } from '../../actions/image.ts'
import type { Node } from '../../node/node.ts'

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

/**
 * The same node, but a large file whose size and time are as an install left them counts as unchanged, and so does an image
 * with the fingerprint that an install left.
 */
export function trustRecorded(items: readonly Recorded[], node: Node): Node {
  const { files, containerd } = node
  const left = new Map(items.filter(({ kind }) => kind === 'file').map(leftBy))
  const images = new Map(
    items
      .filter(({ kind }) => kind === 'image')
      .map(({ spec, after }) => [(spec as ImageSpec).digest, after]),
  )
  return {
    ...node,
    files: {
      ...files,
      async sha256(path) {
        const { sha256, size = 0, modified } = left.get(path) ?? {}
        const isAsLeft = async () =>
          (await files.status(path))?.size === size && (await files.modified(path)) === modified
        return sha256 !== undefined && size > smallBytes && (await isAsLeft()) ? sha256 : files.sha256(path)
      },
    },
    containerd: { ...containerd, isWhole: image => containerd.isWhole(image, images.get(image.digest)) },
  }
}

/** Records of older versions of edgekit have no size and time. */
function leftBy({ spec, after }: Recorded): [string, Partial<Left>] {
  const { path, sha256 } = spec as FileSpec
  return [path, { ...(after as Partial<Left> | null), sha256 }]
}
