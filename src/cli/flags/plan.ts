import { Flags } from '@oclif/core'

/** What a command that plans its changes first can do with the plan. */
export const planFlags = {
  'dry-run': Flags.boolean({ description: 'change nothing; list the changes' }),
  diff: Flags.boolean({
    dependsOn: ['dry-run'],
    description: 'with --dry-run: also show the diff of each file',
  }),
  yes: Flags.boolean({ char: 'y', description: 'do not ask for confirmation' }),
}
