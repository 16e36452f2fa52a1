import * as z from 'zod'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { type DockerAuth, type DockerConfig, readDockerConfig } from './docker-config.ts'
import type { Programs } from './helper-programs.ts'

export type Secret =
  | { kind: 'password'; username: string; password: string }
  | { kind: 'identity token'; token: string }
  | { kind: 'registry token'; token: string }

/** Who may say how to log in to a registry. */
export interface Credentials {
  /** For the people: where the secrets are kept. */
  place: string
  /** Nothing when none are kept for this host (`registry.example.com:5000`). */
  find(host: string): Promise<Secret | undefined>
}

/** The credentials that `docker login` keeps in `file`, or in the helper program that the file names. */
export function dockerCredentials(file: string, programs: Programs): Credentials {
  let config: Promise<DockerConfig> | undefined
  const found = new Map<string, Promise<Secret | undefined>>()
  return {
    place: file,
    find(host) {
      config ??= readDockerConfig(file)
      const search = found.get(host) ?? config.then(read => lookUp(read, host, file, programs))
      found.set(host, search)
      return search
    },
  }
}

const dockerHub = 'https://index.docker.io/v1/'
const hubHosts = ['docker.io', 'index.docker.io', 'registry-1.docker.io']

/** The key `docker login` uses for the host. */
const keyOf = (host: string): string => (hubHosts.includes(host) ? dockerHub : host)

async function lookUp(
  config: DockerConfig,
  host: string,
  file: string,
  programs: Programs,
): Promise<Secret | undefined> {
  const key = keyOf(host)
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[host] ?? config.credsStore
  const kept = helper ? await askHelper(helper, key, file, programs) : undefined
  if (kept !== undefined) return kept
  const entries = Object.entries(config.auths ?? {})
  const [, entry] =
    entries.find(([name]) => name === key) ?? entries.find(([name]) => keyOf(hostIn(name)) === key) ?? []
  return entry && secretIn(entry, host, file)
}

/** Old versions of docker wrote URLs: `https://registry.example.com/v1/`. */
const hostIn = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '')

function secretIn(entry: DockerAuth, host: string, file: string): Secret | undefined {
  if (entry.identitytoken) return { kind: 'identity token', token: entry.identitytoken }
  if (entry.registrytoken) return { kind: 'registry token', token: entry.registrytoken }
  if (entry.username && entry.password) {
    return { kind: 'password', username: entry.username, password: entry.password }
  }
  if (!entry.auth) return undefined
  const text = Buffer.from(entry.auth, 'base64').toString().replace(/\0+$/, '')
  const colon = text.indexOf(':')
  if (colon < 1) throw unusable(`the auth of ${host} in ${file} is not base64 of user:password`, host)
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) }
}

// https://github.com/docker/docker-credential-helpers#development
const answerSchema = z.object({ Username: z.string(), Secret: z.string() })
/** The user name that stands for: the secret is an identity token. */
const tokenUser = '<token>'

async function askHelper(
  helper: string,
  key: string,
  file: string,
  programs: Programs,
): Promise<Secret | undefined> {
  if (!/^[\w.-]+$/.test(helper))
    throw unusable(`${file} names a credential helper with an unusable name`, key)
  const program = `docker-credential-${helper}`
  const { exitCode, stdout } = await programs.ask(program, ['get'], key).catch(error => {
    throw unusable(`${program}, which ${file} names, cannot be asked for ${key}: ${messageOf(error)}`, key)
  })
  // What helpers say besides this could have a secret in it and is not repeated.
  if (exitCode !== 0 && /credentials not found/i.test(stdout)) return undefined
  if (exitCode !== 0) throw unusable(`${program} gives no credentials for ${key}: exit code ${exitCode}`, key)
  const answer = answerSchema.safeParse(parsed(stdout))
  if (!answer.success) {
    throw unusable(`${program} answers for ${key}, but not with JSON that has Username and Secret`, key)
  }
  const { Username: username, Secret: secret } = answer.data
  if (secret === '') return undefined
  if (username === tokenUser) return { kind: 'identity token', token: secret }
  return { kind: 'password', username, password: secret }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unusable = (message: string, key: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'credentials-unusable',
    remedy: `Log in again (docker login ${key === dockerHub ? '' : key}), or set DOCKER_CONFIG to a directory without these credentials.`,
  })
