import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { readRegular } from '../../lib/files/regular-file.ts'
import { jsonMistake } from '../../yaml/json-mistake.ts'

/** Bytes. */
const maxSize = 4 * 1024 * 1024

const entrySchema = z.object({
  /** base64 of `user:password` */
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  /** For the OAuth2 token endpoint, in place of a password. */
  identitytoken: z.string().optional(),
  /** Sent to the registry unchanged. */
  registrytoken: z.string().optional(),
})

// https://docs.docker.com/reference/cli/docker/#configuration-files
const configSchema = z.object({
  auths: z.record(z.string(), entrySchema).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
})

export type DockerConfig = z.infer<typeof configSchema>
export type DockerAuth = z.infer<typeof entrySchema>

/** `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. */
export const dockerConfigFile = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json')

/** Read what `docker login` stored; empty when there is no file. Messages never quote the content. Throws EdgekitError. */
export async function readDockerConfig(file: string): Promise<DockerConfig> {
  let text: string
  try {
    text = (await readRegular(file, maxSize, { follow: true })).toString()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw unusable(file, messageOf(error))
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw unusable(file, notJson(text))
  }
  const result = configSchema.safeParse(json)
  if (!result.success) {
    const keys = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw unusable(file, keys.join('; '))
  }
  return result.data
}

/** Without the parser's message, which would quote the content. */
function notJson(text: string): string {
  const mistake = jsonMistake(text)
  return mistake === undefined
    ? 'invalid JSON'
    : `invalid JSON at line ${mistake.line}, column ${mistake.column}: ${mistake.message}`
}

const unusable = (file: string, why: string): EdgekitError =>
  new EdgekitError(`cannot read the registry credentials in ${file}: ${why}`, {
    code: 'invalid-docker-config',
    remedy: 'Fix or remove the file, or set DOCKER_CONFIG to another directory.',
  })
