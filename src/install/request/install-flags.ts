import { resolve } from 'node:path'
import { brokerFlags } from '../../broker/profile/broker-assignments.ts'
import type { BrokerFlags } from '../../broker/profile/broker-settings.ts'
import { parseAssignments } from '../../edgecore/config/assignments.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import { EdgekitError } from '../../lib/errors.ts'

/** The flags of one install, from the command line and an answers file. An absent one keeps the node's setting. */
export interface InstallFlags {
  nodeName?: string
  /** HOST:PORT */
  cloudcore?: string
  /** A path, or `-` for stdin. */
  tokenFile?: string
  caHash?: string
  rejoin?: boolean
  edgecoreConfig?: string
  set?: Record<string, ConfigValue>
  edgecore?: boolean
  stage?: boolean
  adopt?: boolean
  broker?: BrokerFlags
  force?: string[]
  /** An older KubeEdge or edgekit than this node has. */
  allowDowngrade?: boolean
  ignore?: string[]
  yes?: boolean
}

/** The node flags as parsed from the command line. */
interface CommandLine {
  'node-name': string | undefined
  cloudcore: string | undefined
  'token-file': string | undefined
  'ca-hash': string | undefined
  rejoin: boolean
  'edgecore-config': string | undefined
  set: string[] | undefined
  edgecore: boolean | undefined
  stage: boolean | undefined
  adopt: boolean | undefined
  'broker-profile': 'local' | 'devices' | undefined
  'broker-address': string[] | undefined
  'broker-name': string[] | undefined
  'broker-websockets': boolean | undefined
  'broker-set': string[] | undefined
  'allow-plaintext-listener': boolean | undefined
  force: string[] | undefined
  'allow-downgrade': boolean
  ignore: string[] | undefined
  yes: boolean
  token: string | undefined
}

/** Flags of the command line over those of an answers file. Throws EdgekitError (usage). */
export function installFlags(flags: CommandLine, answers: InstallFlags): InstallFlags {
  if (flags.token !== undefined) throw tokenOnCommandLine()
  const path = (name: string | undefined) => (name === undefined || name === '-' ? name : resolve(name))
  const force = flags.force && [...(answers.force ?? []), ...flags.force]
  const broker = { ...answers.broker, ...brokerFlagsIn(flags) }
  const given: { [K in keyof InstallFlags]: InstallFlags[K] | undefined } = {
    nodeName: flags['node-name'],
    cloudcore: flags.cloudcore,
    tokenFile: path(flags['token-file']),
    caHash: flags['ca-hash'],
    rejoin: flags.rejoin || undefined,
    edgecoreConfig: path(flags['edgecore-config']),
    edgecore: flags.edgecore,
    stage: flags.stage,
    adopt: flags.adopt,
    broker: isEmpty(broker) ? undefined : broker,
    set: flags.set && { ...answers.set, ...parseAssignments(flags.set, force ?? answers.force) },
    force,
    allowDowngrade: flags['allow-downgrade'] || undefined,
    ignore: flags.ignore && [...(answers.ignore ?? []), ...flags.ignore],
    yes: flags.yes || undefined,
  }
  const present = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...answers, ...(Object.fromEntries(present) as InstallFlags) }
}

const isEmpty = (settings: object): boolean => Object.keys(settings).length === 0

const brokerFlagsIn = (flags: CommandLine): BrokerFlags =>
  brokerFlags({
    profile: flags['broker-profile'],
    address: flags['broker-address'],
    name: flags['broker-name'],
    websockets: flags['broker-websockets'],
    set: flags['broker-set'],
    'allow-plaintext-listener': flags['allow-plaintext-listener'],
  })

const tokenOnCommandLine = (): EdgekitError =>
  new EdgekitError(
    'cannot take a token on the command line: the process list and the shell history would expose it',
    {
      code: 'token-on-command-line',
      remedy:
        'Put it into a file that only root can read, or pipe it:\n  edgekit install --token-file FILE\n  … | edgekit install --token-file -',
    },
  )
