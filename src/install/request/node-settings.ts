import { isIPv6 } from 'node:net'
import * as z from 'zod/mini'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import type { CloudCore } from '../../edgecore/config/node-values.ts'
import { EdgekitError } from '../../lib/errors.ts'

/** What a person asks of one install, by flags and by an answers file. What is absent is left as it was. */
export interface InstallFlags {
  nodeName?: string
  /** HOST:PORT */
  cloudcore?: string
  /** A file, or `-` for stdin. */
  tokenFile?: string
  caHash?: string
  edgecoreConfig?: string
  set?: Record<string, ConfigValue>
  edgecore?: boolean
  stage?: boolean
  adopt?: boolean
  force?: string[]
  ignore?: string[]
  yes?: boolean
}

/**
 * What was decided about a node and shapes it. It is kept with what was installed, so that a later install without a
 * flag does not undo it. Nothing secret is in it.
 */
export interface NodeSettings {
  nodeName?: string
  /** HOST:PORT */
  cloudcore?: string
  /** Keys of edgecore.yaml. */
  set: Record<string, ConfigValue>
  /** False: only the broker. */
  edgecore: boolean
  /** EdgeCore is prepared, and not started. */
  stage: boolean
  /** What is there already and is somebody else's stays and is used. */
  adopt: boolean
}

const remembered = z.object({
  nodeName: z.optional(z.string()),
  cloudcore: z.optional(z.string()),
  set: z._default(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), {}),
  edgecore: z._default(z.boolean(), true),
  stage: z._default(z.boolean(), false),
  adopt: z._default(z.boolean(), false),
})

const forEveryMachine = new Set(['adopt', 'force', 'ignore', 'yes'])

/** Throws EdgekitError (usage) when something is asked for that a machine of the cloud side does not have. */
export function refuseEdgeOptions(asked: InstallFlags): void {
  const [name] = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined || forEveryMachine.has(name) ? [] : [name],
  )
  if (name === undefined) return
  throw usage(
    `${name} is about an edge node, and this is a cloud bundle`,
    'Leave it out, or use an edge bundle.',
  )
}

/** Put together what is asked now and what was decided before. Throws EdgekitError (usage) when that makes no sense. */
export function settingsFrom(asked: InstallFlags, before: unknown): NodeSettings {
  const { data } = remembered.safeParse(before ?? {})
  const old: NodeSettings = data
    ? (data as NodeSettings)
    : { set: {}, edgecore: true, stage: false, adopt: false }
  const { nodeName = old.nodeName, cloudcore = old.cloudcore } = asked
  if (nodeName !== undefined) checkNodeName(nodeName)
  if (cloudcore !== undefined) parseCloudCore(cloudcore)
  const choices: NodeSettings = {
    ...(nodeName !== undefined && { nodeName }),
    ...(cloudcore !== undefined && { cloudcore }),
    set: { ...old.set, ...asked.set },
    edgecore: asked.edgecore ?? old.edgecore,
    stage: asked.stage ?? old.stage,
    adopt: asked.adopt ?? old.adopt,
  }
  const useless = (['nodeName', 'cloudcore', 'tokenFile', 'edgecoreConfig', 'set'] as const).filter(
    name => asked[name] !== undefined,
  )
  if (!choices.edgecore && (useless.length > 0 || asked.stage)) {
    throw usage(
      'these are about EdgeCore, and this node is to have the broker only (--no-edgecore)',
      'Leave one of them out; --edgecore installs EdgeCore again.',
    )
  }
  if (asked.caHash !== undefined && asked.tokenFile === undefined)
    throw usage('--ca-hash is compared with a token, and there is none', 'Add --token-file FILE.')
  return choices
}

/**
 * Where CloudCore is, from HOST:PORT as `keadm join --cloudcore-ipport` takes it. Throws EdgekitError (usage).
 */
export function parseCloudCore(text: string): CloudCore {
  const [, six, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const host = six ?? name
  if (host === undefined || (six !== undefined && !isIPv6(six)) || port < 1 || port > 65_535) {
    throw usage(
      `--cloudcore ${text}: expected HOST:PORT`,
      'Such as 192.0.2.10:10000, cloud.example:10000 or [2001:db8::10]:10000.',
    )
  }
  return { host, port }
}

/** A node name is a DNS subdomain (RFC 1123), as Kubernetes wants it. */
function checkNodeName(name: string): void {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(name)) return
  throw usage(
    `--node-name ${name} cannot be the name of a node`,
    'Use small letters, digits, - and dots; begin and end with a letter or a digit.',
  )
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
