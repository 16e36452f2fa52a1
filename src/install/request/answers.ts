import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { brokerSettingsSchema } from '../../broker/profile/broker-settings.ts'
import { checkKey } from '../../edgecore/config/assignments.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import { listProblems } from '../../yaml/problem-list.ts'
import { locate, problemsOf, type ValueProblem } from '../../yaml/problems.ts'
import { readYaml } from '../../yaml/source.ts'
import type { InstallFlags } from './install-flags.ts'
import { requireText } from './require-text.ts'

const schema = z.strictObject({
  nodeName: z.string().optional(),
  cloudcore: z.string().optional(),
  tokenFile: z.string().min(1).optional(),
  caHash: z.string().optional(),
  rejoin: z.boolean().optional(),
  edgecoreConfig: z.string().min(1).optional(),
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  edgecore: z.boolean().optional(),
  stage: z.boolean().optional(),
  adopt: z.boolean().optional(),
  broker: z.optional(brokerSettingsSchema),
  force: z.array(z.string()).optional(),
  allowDowngrade: z.boolean().optional(),
  ignore: z.array(z.string()).optional(),
  yes: z.boolean().optional(),
})

/** Reads an answers file (`--config`); `force` is what the command line adds to its own. Throws EdgekitError (usage). */
export async function readAnswersFile(
  name: string,
  files: Files,
  force: readonly string[] = [],
): Promise<InstallFlags> {
  const path = resolve(name)
  return readAnswers(await requireText(path, '--config', files), path, force)
}

/**
 * Relative paths count from the directory of the answers file. Throws EdgekitError (usage) that lists each mistake with
 * line and column.
 */
export function readAnswers(text: string, file: string, force: readonly string[] = []): InstallFlags {
  const source = readYaml(text, file)
  if (Array.isArray(source)) throw invalid(file, source)
  const value = source.value ?? {}
  const { data, error } = schema.safeParse(value)
  const problems = error
    ? problemsOf(error.issues, value, schema)
    : setProblems(data.set ?? {}, [...(data.force ?? []), ...force])
  if (!data || problems.length > 0) throw invalid(file, locate(problems, [source]))
  const given = Object.fromEntries(
    Object.entries(data).filter(([, answer]) => answer !== undefined),
  ) as InstallFlags
  const path = (name: string) => (name === '-' ? name : resolve(dirname(file), name))
  return {
    ...given,
    ...(given.tokenFile !== undefined && { tokenFile: path(given.tokenFile) }),
    ...(given.edgecoreConfig !== undefined && { edgecoreConfig: path(given.edgecoreConfig) }),
  }
}

/** In YAML 1.2, as read here, `no` is a string; in edgecore.yaml (YAML 1.1) it would be false. */
const oldBoolean = /^(y|n|yes|no|on|off)$/i

const setProblems = (set: Readonly<Record<string, ConfigValue>>, force: readonly string[]): ValueProblem[] =>
  Object.entries(set).flatMap(([key, value]): ValueProblem[] => {
    try {
      checkKey(key, force)
    } catch (error) {
      return [{ path: ['set'], key, message: messageOf(error) }]
    }
    if (typeof value !== 'string' || !oldBoolean.test(value)) return []
    return [{ path: ['set', key], message: `${key} must be true or false, but is ${JSON.stringify(value)}` }]
  })

const invalid = (file: string, problems: Parameters<typeof listProblems>[0]): EdgekitError =>
  new EdgekitError(`cannot use the answers file ${file}${listProblems(problems)}`, {
    code: 'invalid-answers',
    remedy:
      'Correct the file. Each key is a flag in camel case: --node-name is nodeName. This prints the flags:\n  edgekit install --help',
  })
