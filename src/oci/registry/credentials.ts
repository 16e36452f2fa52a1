import * as z from 'zod'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { type DockerAuth, type DockerConfig, readDockerConfig } from './docker-config.ts'
import type { Programs } from './helper-programs.ts'

export type Credential =
  | { kind: 'password'; username: string; password: string }
  | { kind: 'identity token'; token: string }
  | { kind: 'registry token'; token: string }

/** Where credentials for registries are looked up. */
export interface Credentials {
  /** For messages: where the credentials are stored. */
  place: string
  /** Undefined when none are stored for this host (`registry.example.com:5000`). Throws EdgekitError. */
  find(host: string): Promise<Credential | undefined>
}

/** Credentials that `docker login` stored in `file` or in the credential helper it names. */
export function dockerCredentials(file: string, programs: Programs): Credentials {
  let config: Promise<DockerConfig> | undefined
  const found = new Map<string, Promise<Credential | undefined>>()
  return {
    place: file,
    find(host) {
      config ??= readDockerConfig(file)
      const lookup = found.get(host) ?? config.then(read => lookUp(read, host, file, programs))
      found.set(host, lookup)
      return lookup
    },
  }
}

const dockerHub = 'https://index.docker.io/v1/'
const hubHosts = [dockerHub, 'docker.io', 'index.docker.io', 'registry-1.docker.io']

/** The command that stores credentials for a host. */
export function loginCommand(host: string): string {
  if (keyOf(host) === dockerHub) return 'docker login'
  // Its passwords are valid for 12 hours: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
  const [, region] = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com/.exec(host) ?? []
  if (region === undefined) return `docker login ${host}`
  return `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${host}`
}

/** The key `docker login` uses for the host. */
const keyOf = (host: string): string => (hubHosts.includes(host) ? dockerHub : host)

async function lookUp(
  config: DockerConfig,
  host: string,
  file: string,
  programs: Programs,
): Promise<Credential | undefined> {
  const key = keyOf(host)
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[host] ?? config.credsStore
  const fromHelper = helper ? await runHelper(helper, key, file, programs) : undefined
  if (fromHelper !== undefined) return fromHelper
  const entries = Object.entries(config.auths ?? {})
  const [, entry] =
    entries.find(([name]) => name === key) ?? entries.find(([name]) => keyOf(hostIn(name)) === key) ?? []
  return entry && credentialIn(entry, host, file)
}

/** Old versions of Docker wrote URLs: `https://registry.example.com/v1/`. */
const hostIn = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '')

function credentialIn(entry: DockerAuth, host: string, file: string): Credential | undefined {
  if (entry.identitytoken) return { kind: 'identity token', token: entry.identitytoken }
  if (entry.registrytoken) return { kind: 'registry token', token: entry.registrytoken }
  if (entry.username && entry.password) {
    return { kind: 'password', username: entry.username, password: entry.password }
  }
  if (!entry.auth) return undefined
  const text = Buffer.from(entry.auth, 'base64').toString().replace(/\0+$/, '')
  const colon = text.indexOf(':')
  if (colon < 1) throw unusable(host, `auths in ${file} is not base64 of user:password`)
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) }
}

// https://github.com/docker/docker-credential-helpers#development
const helperSchema = z.object({ Username: z.string(), Secret: z.string() })
/** With this user name, the secret is an identity token. */
const tokenUser = '<token>'

async function runHelper(
  helper: string,
  key: string,
  file: string,
  programs: Programs,
): Promise<Credential | undefined> {
  if (!/^[\w.-]+$/.test(helper)) throw unusable(key, `${file} has an invalid credential helper name`)
  const program = `docker-credential-${helper}`
  const { exitCode, stdout } = await programs.ask(program, ['get'], key).catch(error => {
    throw unusable(key, `${messageOf(error)} (credential helper named in ${file})`)
  })
  // Other output of a helper can contain a secret, so it is never shown.
  if (exitCode !== 0 && /credentials not found/i.test(stdout)) return undefined
  if (exitCode !== 0) throw unusable(key, `${program} failed with exit code ${exitCode}`)
  const answer = helperSchema.safeParse(parsed(stdout))
  if (!answer.success) {
    throw unusable(key, `${program} returned no JSON with Username and Secret`)
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

const unusable = (key: string, reason: string): EdgekitError =>
  new EdgekitError(`cannot get the credentials for ${key}: ${reason}`, {
    code: 'credentials-unusable',
    remedy: `Log in again, or set DOCKER_CONFIG to a directory without these credentials:\n  ${loginCommand(key)}`,
  })
