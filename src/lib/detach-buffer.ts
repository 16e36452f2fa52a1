/**
 * Free the memory of a large buffer that is no longer read. Left to the garbage collector, tens of megabytes of
 * buffers pile up.
 */
export function detachBuffer({ buffer }: Buffer<ArrayBuffer>): void {
  // Small buffers share one piece of memory.
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
