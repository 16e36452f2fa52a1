import { messageOf } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import type { Piece } from './piece.ts'
import { pieces } from './pieces.ts'

/** What became of one piece. */
export interface Collected {
  file: string
  text: string
  /** Bytes left out at the end or, of a log, at the beginning. */
  leftOut?: number
  /** Why there is nothing. */
  failure?: string
}

const pieceTimeoutMs = 15_000
const mostBytes = 2_000_000
/** More at once would be felt by the broker on a small node. */
const atOnce = 4

/**
 * Collect everything there is to know about a node, each piece by itself: one that fails or takes too long leaves its
 * reason. Changes nothing. What is returned has secrets in it; only writeArchive may put it anywhere.
 */
export async function collectSupport(node: Node): Promise<Collected[]> {
  const waiting = pieces.entries()
  const collected: Collected[] = []
  const work = async (): Promise<void> => {
    for (const [index, piece] of waiting) collected[index] = await collectPiece(piece, node)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
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
  if (bytes <= mostBytes) return { file, text }
  const whole = Buffer.from(text)
  const kept = keep === 'tail' ? whole.subarray(-mostBytes) : whole.subarray(0, mostBytes)
  return { file, text: kept.toString(), leftOut: bytes - mostBytes }
}
