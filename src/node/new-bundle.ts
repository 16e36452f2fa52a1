import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { manifestName } from '../bundle/manifest.ts'
import { paths } from './paths.ts'

/** Is there an unpacked bundle in a directory, and nothing installed on this machine yet? Asked before anything else is loaded. */
export const isNewBundle = (directory: string): boolean =>
  existsSync(join(directory, manifestName)) && !existsSync(paths.receipt)
