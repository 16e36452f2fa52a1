import { Args, Flags } from '@oclif/core'

/** The names of one or more users, or a file that lists them. */
export const userNames = {
  name: Args.string({ multiple: true, description: 'user name; several can be given' }),
}

export const fromFlag = (line: string) => ({
  from: Flags.string({
    helpValue: 'FILE',
    description: `file with a user on each line, ${line}; - reads stdin`,
  }),
})

export const passwordFlag = {
  'password-file': Flags.string({
    helpValue: 'FILE',
    exclusive: ['from'],
    description: 'file with the password; - asks at a terminal, or reads stdin (default: generate one)',
  }),
}
