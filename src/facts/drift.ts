import type { Collector } from './collector.ts'

/** A file of edgekit's on a node that is not as the last install left it. */
export interface ChangedFile {
  path: string
  /** What edgekit did there: `edgecore-config` is only the keys that it set. */
  kind: 'file' | 'link' | 'edgecore-config'
  gone: boolean
  /** In words: `is gone`, `has been changed`, … */
  how: string
}

/** What has become of what edgekit installed here. */
export interface DriftFacts {
  /** A run that neither came to its end nor was put back. */
  interrupted: { command: string; since: string } | null
  changed: ChangedFile[]
}

/** Undefined when edgekit has installed nothing here. Whoever knows the receipt lends it: facts know no installs. */
export type DriftCollector = Collector<DriftFacts | undefined>
