import type { Piece } from './gzip.ts'

interface Writing {
  /** Pieces being compressed or waiting to be written: a bound for the memory. */
  ahead: number
  write: (buffers: readonly Buffer[]) => Promise<void>
  signal: AbortSignal
}

/** Write pieces in their order, while those that follow are read and compressed. */
export async function writePieces(pieces: AsyncIterable<Piece>, writing: Writing): Promise<void> {
  const { ahead, write, signal } = writing
  const waiting: Piece[] = []
  let last = Promise.resolve()
  const writeFirst = async (): Promise<void> => {
    await last
    const piece = waiting.shift()
    if (piece !== undefined) last = handled(writeOne(piece, write))
  }
  for await (const piece of pieces) {
    signal.throwIfAborted()
    waiting.push({ ...piece, bytes: handled(piece.bytes) })
    if (waiting.length >= ahead) await writeFirst()
  }
  while (waiting.length > 0) await writeFirst()
  await last
}

async function writeOne({ bytes, release }: Piece, write: Writing['write']): Promise<void> {
  await write(await bytes)
  release?.()
}

/** Looked at when its turn comes; that it fails before that must not end the process. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
