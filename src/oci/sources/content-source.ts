import type { Descriptor } from '../descriptor.ts'

/** An index or manifest with its bytes exactly as served. */
export interface ServedManifest extends Descriptor {
  bytes: Buffer
}

/** Access to one image, wherever it is stored. */
export interface ContentSource {
  /** The index or manifest that the name points to. */
  top(signal: AbortSignal): Promise<ServedManifest>
  /** An index or manifest listed in `top`. */
  manifest(entry: Descriptor, signal: AbortSignal): Promise<ServedManifest>
  /** Make sure that a blob is in the store. */
  blob(blob: Descriptor, signal: AbortSignal): Promise<void>
}
