import { EdgekitError } from '../../lib/errors.ts'
import type { History } from '../record/journal.ts'
import { recoveryHint } from './recovery-hint.ts'

/** Why something, such as `manage the broker`, must wait: an earlier command was killed. */
export const interruptedBefore = (what: string, { begins }: History): EdgekitError =>
  new EdgekitError(`cannot ${what}: edgekit ${begins.at(-1)?.command ?? 'install'} was interrupted`, {
    code: 'install-interrupted',
    remedy: recoveryHint(),
  })
