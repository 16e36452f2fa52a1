import type { KeyObject } from 'node:crypto'
import type { Architecture } from '../bundle/manifest.ts'
import type { RunStep } from '../lib/step.ts'
import type { ImageAccess } from '../oci/sources/fetch-image.ts'
import type { Definition } from './definition/definition.ts'
import type { UsedLock } from './lock/lock-file.ts'

/** What to build bundles from, and how. Every step of a build takes this, or the part of it that it needs. */
export interface BuildOptions {
  definition: Definition
  /** One bundle is built for each. */
  architectures: readonly Architecture[]
  lock: UsedLock
  edgekitVersion: string
  /** Directory for the bundles; created if missing. */
  outputDirectory: string
  images: ImageAccess
  signingKey?: KeyObject | undefined
  /** The most bytes of one file; larger bundles are split into parts of that size. */
  partSize?: number | undefined
  runStep: RunStep
  signal: AbortSignal
}

/** What is needed to look up and to fetch the inputs of a definition. */
export type FetchOptions = Pick<BuildOptions, 'definition' | 'architectures' | 'images' | 'signal'>
