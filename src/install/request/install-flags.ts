import { resolve } from 'node:path'
import { parseAssignments } from '../../edgecore/config/assignments.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Files } from '../../node/files.ts'
import type { InstallFlags } from './node-settings.ts'
import { readToken } from './read-token.ts'

/** The flags of `edgekit install` that say how a node is to be. */
interface NodeFlags {
  'node-name': string | undefined
  cloudcore: string | undefined
  'token-file': string | undefined
  'ca-hash': string | undefined
  'edgecore-config': string | undefined
  set: string[] | undefined
  edgecore: boolean | undefined
  stage: boolean | undefined
  adopt: boolean | undefined
  force: string[] | undefined
  ignore: string[] | undefined
  token: string | undefined
}

/**
 * What the flags ask for, over what the answers file says. Throws EdgekitError (usage), also for a token on the command
 * line.
 */
export function askedBy(flags: NodeFlags, answers: InstallFlags): InstallFlags {
  if (flags.token !== undefined) {
    throw new EdgekitError(
      'a token on the command line is not taken: everyone on this machine can read it in the process list, and it stays in the history of the shell',
      {
        code: 'token-on-command-line',
        remedy:
          'Put it into a file that only root can read, or pipe it:\n  edgekit install --token-file FILE\n  … | edgekit install --token-file -',
      },
    )
  }
  const path = (name: string | undefined) => (name === undefined || name === '-' ? name : resolve(name))
  const given: { [K in keyof InstallFlags]: InstallFlags[K] | undefined } = {
    nodeName: flags['node-name'],
    cloudcore: flags.cloudcore,
    tokenFile: path(flags['token-file']),
    caHash: flags['ca-hash'],
    edgecoreConfig: path(flags['edgecore-config']),
    edgecore: flags.edgecore,
    stage: flags.stage,
    adopt: flags.adopt,
    set: flags.set && { ...answers.set, ...parseAssignments(flags.set) },
    force: flags.force && [...(answers.force ?? []), ...flags.force],
    ignore: flags.ignore && [...(answers.ignore ?? []), ...flags.ignore],
  }
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...answers, ...(Object.fromEntries(said) as InstallFlags) }
}

/** What an answers file says. Throws EdgekitError (usage). */
export async function answersIn(name: string, files: Files): Promise<InstallFlags> {
  const path = resolve(name)
  // The only one that needs the large zod.
  const { readAnswers } = await import('./answers.ts')
  return readAnswers(await requireText(path, '--config', files), path)
}

/** The token that is asked for; undefined when none is. Throws EdgekitError (usage), which does not show it. */
export async function tokenFor(
  { tokenFile, caHash }: InstallFlags,
  files: Files,
  stdin: () => Promise<string>,
): Promise<Secret | undefined> {
  if (tokenFile === undefined) return undefined
  return tokenFile === '-'
    ? readToken(await stdin(), 'stdin', caHash)
    : readToken(await requireText(tokenFile, '--token-file', files), tokenFile, caHash)
}

async function requireText(path: string, flag: string, files: Files): Promise<string> {
  const usage = (reason: string): never => {
    throw new EdgekitError(`${flag} ${path}: ${reason}`, { code: 'file-unreadable' })
  }
  const text = await files.read(path).catch(error => usage(messageOf(error)))
  return text ?? usage('there is no such file')
}
