import { Flags } from '@oclif/core'

/** For the commands that read a bundle definition. */
export const allowOutsideFlag = Flags.boolean({
  description: 'take local files from outside the directory of the definition, too',
})
