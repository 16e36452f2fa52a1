import type { FileSpec } from '../actions/file.ts'
import { gone } from '../actions/release/release.ts'
import type { ChangedFile, DriftCollector } from '../facts/drift.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { type ReceiptItem, readReceipt } from './receipt.ts'
import { differenceOf, interruptedSince } from './status.ts'

/** Of what is no file the doctor has checks that know more. */
const kinds: readonly string[] = ['file', 'link', 'edgecore-config'] satisfies ChangedFile['kind'][]

/** More than this many bytes are hashed only when something speaks for a change: programs and images have 10 to 100 MB. */
const smallBytes = 1_000_000

/** The comparison of `edgekit status` with what the last install left on the disk, made in milliseconds. */
export const drift: DriftCollector = {
  name: 'drift',
  timeoutMs: 15_000,
  async collect(node) {
    const receipt = await readReceipt(node.files)
    const interrupted = await interruptedSince(receipt, node)
    if (!receipt) return interrupted ? { interrupted, changed: [] } : undefined
    const items = receipt.items.filter(({ kind, spec }) => kinds.includes(kind) && !isTheirs(spec))
    const changed = await Promise.all(items.map(item => changeOf(item, node)))
    return { interrupted, changed: changed.filter(found => found !== undefined) }
  },
}

/** A configuration that the user has made his own, and an upgrade has left to him. */
const isTheirs = (spec: unknown): boolean => (spec as Partial<FileSpec>).theirs === true

async function changeOf(item: ReceiptItem, node: Node): Promise<ChangedFile | undefined> {
  const files = item.kind === 'file' ? believing(item, node.files) : node.files
  const found = await differenceOf(item, { ...node, files })
  if (!found) return undefined
  const { what, how } = found
  return { path: what, kind: item.kind as ChangedFile['kind'], gone: how === gone, how }
}

/** A big file with the size and the time that the install left it with is taken for unchanged. */
function believing({ spec, after }: ReceiptItem, files: Files): Files {
  const { size, modified } = (after ?? {}) as Partial<{ size: number; modified: number }>
  const { sha256 } = spec as FileSpec
  return {
    ...files,
    async sha256(path) {
      const found = await files.status(path)
      const asLeft = found?.size === size && (await files.modified(path)) === modified
      return asLeft && (size ?? 0) > smallBytes ? sha256 : files.sha256(path)
    },
  }
}
