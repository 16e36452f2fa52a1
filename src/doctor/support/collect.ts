import { messageOf } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import type { Piece } from './piece.ts'
import { pieces } from './pieces.ts'

/** The result of one piece. */
export interface Collected {
  file: string
  text: string
  /** Bytes cut off at the end, or at the beginning of a log. */
  leftOut?: number
  /** Why the text is empty. */
  failure?: string
}

const pieceTimeoutMs = 15_000
const maxBytes = 2_000_000
/** More would slow down the broker on a small node. */
const concurrency = 4

/**
 * Collect all pieces from a node without changing it. A piece that fails or times out leaves its reason. The result
 * contains secrets: pass it only to packArchive.
 */
export async function collectSupport(node: Node): Promise<Collected[]> {
  const waiting = pieces.entries()
  const collected: Collected[] = []
  const work = async (): Promise<void> => {
    for (const [index, piece] of waiting) collected[index] = await collectPiece(piece, node)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return collected
}

async function collectPiece(piece: Piece, node: Node): Promise<Collected> {
  try {
    return bounded(piece, await piece.collect(node, pieceTimeoutMs))
  } catch (error) {
    return { file: piece.file, text: '', failure: messageOf(error) }
  }
}

function bounded({ file, keep }: Piece, text: string): Collected {
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxBytes) return { file, text }
  const whole = Buffer.from(text)
  const kept = keep === 'tail' ? whole.subarray(-maxBytes) : whole.subarray(0, maxBytes)
  return { file, text: kept.toString(), leftOut: bytes - maxBytes }
}
