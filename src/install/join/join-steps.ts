import { patched } from '../../actions/files/edgecore-config.ts'
import { edgecoreBase } from '../../bundle/payload.ts'
import { type EdgecoreConfig, readEdgecoreConfig } from '../../edgecore/config/config.ts'
import { configMistakes } from '../../edgecore/config/config-mistakes.ts'
import { type TokenShape, tokenShape } from '../../edgecore/token-shape.ts'
import { readAsset } from '../../lib/assets.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import type { Desired } from '../desired/desired-edge.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Change } from '../record/journal.ts'
import type { Past } from '../record/past.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import { askCloud, type CloudAnswers } from './ask-cloud.ts'
import { filesOf, type Membership, readMembership } from './membership.ts'
import {
  type JoinAttempt,
  joinForces,
  otherCloud,
  refuseByCloud,
  refuseOtherAddress,
  refuseUnpreparedJoin,
  rejoinNeedsToken,
} from './refuse-join.ts'

export interface JoinRequest {
  settings: NodeSettings
  /** Of KubeEdge. */
  version: string
  /** The node name where no configuration has one. */
  hostName: string
  token: Secret | undefined
  /** Of `--force`: `joinForces` among others. */
  force: readonly string[]
}

/** How the node belongs to its cloud after the install. */
export interface JoinPlan extends Desired {
  /**
   * What EdgeCore must prove in its cloud. `first`: it requests a certificate, or connects to a new address. `again`: the
   * node had a certificate of another cloud.
   */
  joins: 'first' | 'again' | undefined
  /**
   * The node name and the cloud where no other node has it, for the journal: EdgeCore may register before the install is
   * interrupted, and the Node is then its own.
   */
  claim?: string
}

const asideId = 'certificates of the previous cloud'

/**
 * Adds what joins the node to its cloud to the steps of an install: the token, and, with --rejoin, moving the old
 * certificates aside. Read-only. Throws EdgekitError (usage) when EdgeCore could not start or join with the result.
 */
export async function joinSteps(
  steps: readonly DesiredStep[],
  { settings, version, hostName, token, force }: JoinRequest,
  past: Past,
  node: Node,
): Promise<JoinPlan> {
  const step = steps.find(step => step.kind === 'edgecore-config')
  if (step?.kind !== 'edgecore-config') return { steps: [...steps], notes: [], joins: undefined }
  const { before, text } = await patched(step.spec, node.files)
  const config = readEdgecoreConfig(text)
  refuseMistakes(config, before, version)
  if (!config.edgeHub.enable.value) {
    const notes = token ? ['the token was not used: modules.edgeHub.enable is false'] : []
    return { steps: [...steps], notes, joins: undefined }
  }
  const nodeName = config.edged.hostnameOverride.value || hostName.toLowerCase()
  const membership = await readMembership(config, { file: step.spec.path, version, nodeName }, node.files)
  const given = token && tokenShape(token.reveal())
  const begun = past.history?.changes.findLast(({ id, state }) => id === asideId && state !== 'reverted')
  const leaves = leavesCloud(membership, given, begun, settings)
  const mustJoin = leaves || membership.mustJoin !== undefined
  const aside = leaves || begun ? asideStep(config, leaves, begun) : undefined
  const plan = {
    steps: withJoin(steps, aside, mustJoin ? token : undefined),
    notes: noteOf(token !== undefined && !mustJoin, settings),
  }
  if (settings.stage) return { ...plan, joins: undefined }
  const answers = () => askCloud(config.edgeHub.httpServer.value, nodeName, node.network)
  if (!mustJoin) {
    const moves = await changesAddress(before, config, membership, { settings, force, answers })
    return { ...plan, joins: aside ? 'again' : moves ? 'first' : undefined }
  }
  const attempt: JoinAttempt = {
    membership: leaves ? leftBehind(membership, config, step.spec.path) : membership,
    server: serverIn(config, settings),
    nodeName,
    given,
    isBootstrapToken: (await node.files.read(paths.bootstrapToken))?.trim() === token?.reveal(),
  }
  refuseUnpreparedJoin(attempt)
  const answered = await answers()
  const claim = `${nodeName} ${attempt.server}`
  const isOurs =
    force.includes(joinForces.nodeName) || isOwnNode(attempt, answered) || hasClaimed(claim, past)
  refuseByCloud(attempt, answered, isOurs)
  const isClaimed = isOurs || answered.hasNode === false
  return { ...plan, joins: aside ? 'again' : 'first', ...(isClaimed && { claim }) }
}

/** With the certificate of this cloud for this name, a node has been there. It may be expired, or have lost its key. */
const isOwnNode = (
  { membership: { caHash, issuedFor }, nodeName }: JoinAttempt,
  answered: CloudAnswers,
): boolean => caHash !== undefined && caHash === answered.caHash && issuedFor === nodeName

const hasClaimed = (claim: string, { history }: Past): boolean =>
  history?.begins.some(({ options }) => options?.['claim'] === claim) ?? false

/**
 * Whether a node that has joined gets another address of its cloud, such as a DNS name or that of a load balancer, where
 * the cloud has answered. Throws EdgekitError (usage) for the address of another cloud, and for one where nothing answers.
 */
async function changesAddress(
  before: string | undefined,
  { edgeHub }: EdgecoreConfig,
  membership: Membership,
  {
    settings,
    force,
    answers,
  }: Pick<JoinRequest, 'settings' | 'force'> & { answers: () => Promise<CloudAnswers> },
): Promise<boolean> {
  const server = edgeHub.httpServer.value
  const old = before === undefined ? '' : readEdgecoreConfig(before).edgeHub.httpServer.value
  if (old === '' || old === server || membership.caHash === undefined) return false
  const answered = await answers()
  if (answered.caHash === undefined && force.includes(joinForces.address)) return false
  refuseOtherAddress(membership, { server, cloudcore: settings.cloudcore }, answered)
  return true
}

function noteOf(isUnused: boolean, { rejoin }: NodeSettings): string[] {
  if (!isUnused) return []
  return rejoin
    ? ['the token was not used: this node already belongs to its cloud']
    : ['the token was not used: this node already has its certificate']
}

/** Mistakes that were in the file before are for the checklist: this install may be meant to fix something else. */
function refuseMistakes(config: EdgecoreConfig, before: string | undefined, version: string): void {
  const known = before === undefined ? [] : configMistakes(readEdgecoreConfig(before), version)
  const mistakes = configMistakes(config, version).filter(mistake => !known.includes(mistake))
  if (mistakes.length === 0) return
  throw new EdgekitError(
    `cannot configure EdgeCore: it would exit on these values:\n${mistakes.map(mistake => `  ${mistake}`).join('\n')}`,
    {
      code: 'invalid-edgecore-values',
      remedy: 'Correct the values of --set, or the file in --edgecore-config.',
    },
  )
}

/** Whether the certificates are of another cloud than the token, and to be moved aside. */
function leavesCloud(
  { caHash, mustJoin, valid, files }: Membership,
  given: TokenShape | undefined,
  begun: Change | undefined,
  { rejoin }: NodeSettings,
): boolean {
  if (rejoin) {
    if (files.length === 0) return false
    // After an interruption: what is there now is what EdgeCore got with the token, all of it or a part.
    if (begun?.state === 'done') return given !== undefined && caHash !== undefined && caHash !== given.caHash
    if (given) return !(valid && caHash === given.caHash)
    throw rejoinNeedsToken()
  }
  if (given && mustJoin === undefined && caHash !== undefined && caHash !== given.caHash)
    throw otherCloud(caHash, given)
  return false
}

/** The membership after the certificates and the token of `keadm join` were moved aside. */
const leftBehind = (membership: Membership, { edgeHub }: EdgecoreConfig, file: string): Membership => ({
  ...membership,
  mustJoin: 'its certificates are of another cloud',
  token: { ...edgeHub.token, file },
})

/** Undefined when no cloud was named: the address is the placeholder of the bundle. */
function serverIn({ edgeHub }: EdgecoreConfig, { cloudcore }: NodeSettings): string | undefined {
  const server = edgeHub.httpServer.value
  if (cloudcore !== undefined) return server
  const { edgeHub: placeholder } = readEdgecoreConfig(readAsset(edgecoreBase.template))
  return server === placeholder.httpServer.value ? undefined : server
}

function asideStep({ edgeHub }: EdgecoreConfig, leaves: boolean, begun: Change | undefined): DesiredStep {
  const suffix = `.${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const fresh = {
    id: asideId,
    kind: 'certificates-aside',
    spec: { unit: units.edgecore, files: filesOf(edgeHub), suffix },
  } as const
  // An interrupted move keeps its date.
  return begun && !(leaves && begun.state === 'done')
    ? { ...fresh, spec: begun.spec as typeof fresh.spec }
    : fresh
}

function withJoin(
  steps: readonly DesiredStep[],
  aside: DesiredStep | undefined,
  token: Secret | undefined,
): DesiredStep[] {
  return steps.flatMap((step): DesiredStep[] => {
    if (step.kind === 'edgecore-config') {
      const secrets = { ...step.spec.secrets, ...(token && { 'modules.edgeHub.token': token }) }
      return [...(aside ? [aside] : []), { ...step, spec: { ...step.spec, secrets } }]
    }
    if (!aside || step.kind !== 'unit-running' || step.spec.unit !== units.edgecore) return [step]
    return [{ ...step, because: [...(step.because ?? []), aside.id] }]
  })
}
