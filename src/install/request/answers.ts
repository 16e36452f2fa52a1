import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { checkKey } from '../../edgecore/config/assignments.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { listProblems } from '../../yaml/problem-list.ts'
import { locate, problemsOf, type ValueProblem } from '../../yaml/problems.ts'
import { readYaml } from '../../yaml/source.ts'
import type { InstallFlags } from './node-settings.ts'

/** The same as the flags of `edgekit install`, for a machine that nobody sits at. */
const schema = z.strictObject({
  nodeName: z.string().optional(),
  cloudcore: z.string().optional(),
  tokenFile: z.string().min(1).optional(),
  caHash: z.string().optional(),
  edgecoreConfig: z.string().min(1).optional(),
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  edgecore: z.boolean().optional(),
  stage: z.boolean().optional(),
  adopt: z.boolean().optional(),
  force: z.array(z.string()).optional(),
  ignore: z.array(z.string()).optional(),
  yes: z.boolean().optional(),
})

/**
 * Read an answers file. Paths in it count from its own directory. Throws EdgekitError (usage) that names each mistake
 * with line and column.
 */
export function readAnswers(text: string, file: string): InstallFlags {
  const source = readYaml(text, file)
  if (Array.isArray(source)) throw wrong(file, source)
  const value = source.value ?? {}
  const { data, error } = schema.safeParse(value)
  const problems = error ? problemsOf(error.issues, value, schema) : setProblems(data.set ?? {})
  if (!data || problems.length > 0) throw wrong(file, locate(problems, [source]))
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

/** Here `no` is a text, and in edgecore.yaml, which is YAML 1.1, it is not true. */
const oldBoolean = /^(y|n|yes|no|on|off)$/i

const setProblems = (set: Readonly<Record<string, ConfigValue>>): ValueProblem[] =>
  Object.entries(set).flatMap(([key, value]): ValueProblem[] => {
    try {
      checkKey(key)
    } catch (error) {
      return [{ path: ['set'], key, message: messageOf(error) }]
    }
    if (typeof value !== 'string' || !oldBoolean.test(value)) return []
    return [{ path: ['set', key], message: `${key}: write true or false, found ${JSON.stringify(value)}` }]
  })

const wrong = (file: string, problems: Parameters<typeof listProblems>[0]): EdgekitError =>
  new EdgekitError(`the answers file ${file} is wrong${listProblems(problems)}`, {
    code: 'invalid-answers',
    remedy: 'docs/install.md has every key.',
  })
