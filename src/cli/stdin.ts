import { EdgekitError } from '../lib/errors.ts'

/** Everything on standard input, at most `most` bytes. Throws EdgekitError (file-unreadable). */
export async function readStdin(most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > most)
      throw new EdgekitError(`cannot read standard input: it has more than ${most} bytes`, {
        code: 'file-unreadable',
        remedy: 'Give it the part that matters.',
      })
  }
  return Buffer.concat(chunks)
}
