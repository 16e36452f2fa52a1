import type { CloudCommand, CloudCommands } from '../install/cloud/cloud-commands.ts'
import { shellWord } from '../lib/format.ts'
import { paint } from './text.ts'

const line = ({ program, args }: CloudCommand): string =>
  `  ${paint('bold', [program, ...args].map(shellWord).join(' '))}`

const hint = ({ args }: CloudCommand): string =>
  args.some(word => word.endsWith('=ADDRESS')) ? ' (ADDRESS: where edge nodes reach this machine)' : ''

/** What to run after an install on the cloud side. */
export const formatCloudCommands = ({ init, rollout, token }: CloudCommands): string =>
  [
    '',
    `Next, install CloudCore in the cluster${hint(init)}:`,
    '',
    line(init),
    line(rollout),
    '',
    'edgekit install --apply does both. Then print the token edge nodes join with:',
    '',
    line(token),
  ].join('\n')
