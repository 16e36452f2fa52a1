import { Args, Flags } from '@oclif/core'
import { parseTarget, type Target } from '../../broker-test/target.ts'
import { readNamedText } from '../read-named-file.ts'

/** The broker of a command that takes any. */
export const brokerUrl = {
  url: Args.string({
    description: 'mqtt://HOST[:PORT], or mqtts://, ws://, wss:// (default: the broker of this node)',
  }),
}

/** How a command reaches the broker in its URL. */
export const accessFlags = {
  username: Flags.string({
    helpValue: 'NAME',
    dependsOn: ['password-file'],
    description: 'user name for the broker',
  }),
  'password-file': Flags.string({
    helpValue: 'FILE',
    dependsOn: ['username'],
    description: 'file with the password, which can end with a line feed',
  }),
  ca: Flags.string({
    helpValue: 'FILE',
    description: 'certificate authority of the broker (PEM), for mqtts:// and wss://',
  }),
}

/** Read the files of `accessFlags`. Returns what makes a URL a target. Throws EdgekitError. */
export async function targetReader(flags: {
  username: string | undefined
  'password-file': string | undefined
  ca: string | undefined
}): Promise<(url: string) => Target> {
  const access = {
    username: flags.username,
    password: await readNamedText(flags['password-file']),
    ca: await readNamedText(flags.ca),
  }
  return url => parseTarget(url, access)
}
