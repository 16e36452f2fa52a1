import { Args, Flags } from '@oclif/core'

/** The names of one or more users. */
export const userNames = {
  name: Args.string({ required: true, multiple: true, description: 'user name; several can be given' }),
}

export const passwordFlag = {
  'password-file': Flags.string({
    helpValue: 'FILE',
    description: 'file with the password; - asks at a terminal, or reads stdin (default: generate one)',
  }),
}
