import type { CloudCommand, CloudCommands } from '../install/cloud/cloud-commands.ts'
import { paint } from './text.ts'

/** As a shell reads it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const line = ({ program, args }: CloudCommand): string =>
  `  ${paint('bold', [program, ...args].map(quoted).join(' '))}`

const hint = ({ args }: CloudCommand): string =>
  args.some(word => word.endsWith('=ADDRESS')) ? ' (ADDRESS: where edge nodes reach this machine)' : ''

/** What a person types after an install on the cloud side. */
export const formatCloudCommands = ({ init, rollout, token }: CloudCommands): string =>
  [
    '',
    `Next, make the cluster the cloud side${hint(init)}:`,
    '',
    line(init),
    line(rollout),
    '',
    'edgekit does both with --apply. After that, this prints what an edge node needs to join:',
    '',
    line(token),
  ].join('\n')
