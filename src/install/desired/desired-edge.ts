import { join } from 'node:path'
import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { bringsRuntime } from '../../checks/shared/brings-runtime.ts'
import { type EdgecoreConfig, readEdgecoreConfig } from '../../edgecore/config/config.ts'
import type { CgroupDriver } from '../../edgecore/config/node-values.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { isForeign } from '../../facts/units.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import { newRuntime } from './bundled-runtime.ts'
import { desiredSteps } from './desired-steps.ts'
import type { NewRuntime } from './runtime-steps.ts'
import type { DesiredStep } from './step-makers.ts'

/** What one install is to make of an edge node. */
export interface EdgeRequest {
  choices: NodeSettings
  /** Ids of things of somebody else that are replaced. */
  force: readonly string[]
  /** A configuration of EdgeCore to start from on a node that has none. */
  edgecoreConfig: string | undefined
  token: Secret | undefined
}

/**
 * All that an edge node must be, from what is asked for and what is there. `note` is told what is asked for and has no
 * effect. Throws EdgekitError when the configuration to start from cannot be used.
 */
export async function desiredEdge(
  bundle: UnpackedBundle,
  { choices, force, edgecoreConfig, token }: EdgeRequest,
  facts: Facts,
  node: Node,
  note: (text: string) => void,
): Promise<DesiredStep[]> {
  const { broker, edgecore } = requireFact(facts.units)
  const { path, config } = requireFact(facts.edgecoreConfig)
  const base = edgecoreConfig ?? join(bundle.directory, 'config/kubeedge/edgecore-config.yaml')
  const current = config ?? (await readBase(base, node))
  const runtime = bringsRuntime(bundle.manifest, facts) ? await newRuntime(bundle, facts, node) : undefined
  const joined = await hasJoined(current, node)
  if (config && edgecoreConfig !== undefined)
    note(`${path} is there already, so ${edgecoreConfig} was not used`)
  if (token && joined) note('this node has its certificate already, so the token was not used')
  return desiredSteps({
    bundle,
    choices,
    brokerAdopted: choices.adopt && isForeign(broker),
    newUnits: Object.values(requireFact(facts.units))
      .filter(isUnknown)
      .map(({ name }) => name),
    runtime,
    edgecore: {
      adopted: isForeign(edgecore) && !force.includes(units.edgecore),
      config: path,
      base,
      nodeName: requireFact(facts.machine).hostName.toLowerCase(),
      containerdSocket: requireFact(facts.containerd).socket,
      cgroupDriver: cgroupDriverOf(runtime, facts),
      quic: quicOf(choices) ?? current.edgeHub.quic.enable.value,
      token: joined ? undefined : token,
    },
  })
}

async function readBase(path: string, { files }: Node): Promise<EdgecoreConfig> {
  const text = await files.read(path)
  if (text === undefined) {
    throw new EdgekitError(`there is no ${path}`, {
      code: 'file-unreadable',
      remedy: 'Name a configuration of EdgeCore with --edgecore-config, or leave it out.',
    })
  }
  return readEdgecoreConfig(text)
}

/** EdgeCore asks for its certificate once; from then on it has no use for a token. */
const hasJoined = async ({ edgeHub }: EdgecoreConfig, { files }: Node): Promise<boolean> =>
  (await files.status(edgeHub.tlsCertFile.value)) !== undefined

function cgroupDriverOf(
  runtime: NewRuntime | undefined,
  { containerdFiles }: Facts,
): CgroupDriver | undefined {
  const there = 'value' in containerdFiles ? containerdFiles.value.config : undefined
  const systemd = (runtime ?? there)?.systemdCgroup
  return systemd === undefined ? undefined : systemd ? 'systemd' : 'cgroupfs'
}

function quicOf({ set }: NodeSettings): boolean | undefined {
  const chosen = set['modules.edgeHub.quic.enable']
  return typeof chosen === 'boolean' ? chosen : undefined
}
