import type { Manifest } from './manifest.ts'
import type { PackedFiles } from './packed/packed-files.ts'
import type { SignatureVerdict, TrustedKey } from './signature.ts'

/** What a bundle begins with. */
export interface Head {
  manifest: Manifest
  /** The bytes of bundle.json: what the signature covers. */
  bytes: Buffer
  /** The text of bundle.json.sig, when the bundle is signed. */
  signature: string | undefined
}

export interface Verification extends SignatureVerdict {
  manifest: Manifest
  /** Everything that differs from the manifest; empty when the bundle is intact. */
  problems: string[]
}

/** A bundle in a directory, as an install works with it. */
export interface UnpackedBundle {
  directory: string
  manifest: Manifest
  /** Hash of bundle.json, which identifies the bundle. */
  manifestSha256: string
}

/** An unpacked bundle whose signature has been checked. Dispose of it: it may be a temporary directory. */
export interface OpenBundle extends UnpackedBundle, AsyncDisposable {}

/** A bundle, packed (one .tar.gz or its parts) or unpacked. Every method throws EdgekitError. */
export interface Bundle {
  /** Its path as the user gave it, without the number of a part. */
  readonly name: string
  /** The files it is packed into; undefined when it is unpacked. */
  readonly packed: PackedFiles | undefined
  /** Read the manifest and the signature, and nothing else. */
  head(): Promise<Head>
  /** The text of one member, verified; undefined when the manifest does not list it. Reads no further than that member. */
  text(member: string): Promise<string | undefined>
  /**
   * Read the whole bundle and compare it with its manifest: nothing missing, nothing different, nothing extra. With
   * `keys`, throws unless one of them signed it.
   */
  verify(keys: readonly TrustedKey[]): Promise<Verification>
  /**
   * Make the bundle available as a directory. With `keys`, throws before anything is written unless one of them signed it.
   * A packed bundle is verified while it is unpacked; the files of an unpacked one are left for the caller to verify.
   */
  open(keys: readonly TrustedKey[]): Promise<OpenBundle>
}
