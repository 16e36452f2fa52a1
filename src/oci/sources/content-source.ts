import type { Descriptor } from '../descriptor.ts'

/** An index or manifest, byte for byte as it was served. */
export interface ServedManifest extends Descriptor {
  bytes: Buffer
}

/** One image, wherever it is: what its name points at, and everything that hangs from there. */
export interface ContentSource {
  /** The index or manifest the name points at. */
  top(signal: AbortSignal): Promise<ServedManifest>
  /** An index or manifest that `top` names. */
  manifest(entry: Descriptor, signal: AbortSignal): Promise<ServedManifest>
  /** Make sure that a blob is in the store. */
  blob(blob: Descriptor, signal: AbortSignal): Promise<void>
}
