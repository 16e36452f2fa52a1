import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { memberText } from '../../bundle/members.ts'
import { edgecoreBase } from '../../bundle/payload.ts'
import { bringsRuntime } from '../../checks/shared/brings-runtime.ts'
import { readEdgecoreConfig } from '../../edgecore/config/config.ts'
import type { CgroupDriver } from '../../edgecore/config/node-values.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { isForeign } from '../../facts/units.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import { brokerAccess } from './broker-access.ts'
import { newRuntime } from './bundled-runtime.ts'
import { desiredSteps } from './desired-steps.ts'
import { deviceServiceSteps, existingDevicesFiles } from './device-service.ts'
import type { NewRuntime } from './runtime-steps.ts'
import type { DesiredStep } from './step-makers.ts'

/** What one install makes of an edge node. */
export interface EdgeRequest {
  settings: NodeSettings
  /** Foreign paths and units to replace. */
  force: readonly string[]
  /** Path of the edgecore.yaml to start from on a node without one. */
  edgecoreConfig: string | undefined
}

export interface Desired {
  steps: DesiredStep[]
  /** Flags without effect, and configuration left to the user, as sentences without a period. */
  notes: string[]
}

/** Everything an edge node must be. Throws EdgekitError when the edgecore.yaml to start from cannot be read. */
export async function desiredEdge(
  bundle: UnpackedBundle,
  { settings, force, edgecoreConfig }: EdgeRequest,
  facts: Facts,
  node: Node,
): Promise<Desired> {
  const unitFacts = requireFact(facts.units)
  const { path, config } = requireFact(facts.edgecoreConfig)
  // Read once: what is verified and judged here is what an install writes.
  const base =
    edgecoreConfig === undefined || config
      ? await memberText(bundle, edgecoreBase.member)
      : await readBase(edgecoreConfig, node)
  const current = config ?? readEdgecoreConfig(base, edgecoreConfig)
  const runtime = bringsRuntime(bundle.manifest, facts) ? await newRuntime(bundle, facts, node) : undefined
  const access =
    settings.adopt && isForeign(unitFacts.broker)
      ? undefined
      : await brokerAccess(settings, bundle.manifest, node)
  const steps = desiredSteps({
    bundle,
    settings,
    access,
    devices: settings.devices ? deviceServiceSteps(await existingDevicesFiles(node.files)) : undefined,
    newUnits: Object.values(unitFacts)
      .filter(isUnknown)
      .map(({ name }) => name),
    runtime,
    edgecore: {
      adopted: isForeign(unitFacts.edgecore) && !force.includes(units.edgecore),
      config: path,
      base,
      current,
      nodeName: requireFact(facts.machine).hostName.toLowerCase(),
      containerdSocket: requireFact(facts.containerd).socket,
      cgroupDriver: cgroupDriverOf(runtime, facts),
      quic: quicOf(settings) ?? current.edgeHub.quic.enable.value,
      login: access?.edgecore ?? { values: {}, secrets: {} },
    },
  })
  return {
    steps,
    notes: [
      ...(config && edgecoreConfig !== undefined
        ? [`${edgecoreConfig} was not used: ${path} already exists`]
        : []),
    ],
  }
}

async function readBase(path: string, { files }: Node): Promise<string> {
  const text = await files.read(path)
  if (text !== undefined) return text
  throw new EdgekitError(`cannot read ${path}: no such file`, {
    code: 'file-unreadable',
    remedy: 'Give --edgecore-config the path of an edgecore.yaml, or leave it out.',
  })
}

function cgroupDriverOf(
  runtime: NewRuntime | undefined,
  { containerdFiles }: Facts,
): CgroupDriver | undefined {
  const existing = 'value' in containerdFiles ? containerdFiles.value.config : undefined
  const systemd = (runtime ?? existing)?.systemdCgroup
  return systemd === undefined ? undefined : systemd ? 'systemd' : 'cgroupfs'
}

function quicOf({ set }: NodeSettings): boolean | undefined {
  const value = set['modules.edgeHub.quic.enable']
  return typeof value === 'boolean' ? value : undefined
}
