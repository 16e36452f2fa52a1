/**
 * Give back the memory of a large buffer that came from Node.js and that nobody looks at any more. Left to the garbage
 * collector, tens of megabytes of them pile up until it looks at them.
 */
export function detachBuffer({ buffer }: Buffer<ArrayBuffer>): void {
  // Small buffers have one piece of memory in common.
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
