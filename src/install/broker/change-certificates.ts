import { X509Certificate } from 'node:crypto'
import { isBrokerRunning } from '../../actions/services/broker-users.ts'
import { type CertificateSummary, summarize } from '../../broker/access/certificate-summary.ts'
import {
  certificateProblem,
  createAuthority,
  issueServerCertificate,
  type KeyKind,
  type KeyPair,
} from '../../broker/access/certificates.ts'
import { foreignCertificateProblem } from '../../broker/access/foreign-certificate.ts'
import type { DeviceSettings } from '../../broker/profile/broker-settings.ts'
import { type BrokerChange, requiresRestart } from '../../broker/profile/reload-table.ts'
import { installedSettingsFrom } from '../../facts/installed-settings.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import { waitForBrokerConnection } from '../apply/wait-for-broker-connection.ts'
import { type AccessPath, accessFile, accessSteps } from '../desired/access-files.ts'
import { isForeign, readCertificates, serverNames } from '../desired/broker-certificates.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { brokerAnswers, runs } from '../desired/unit-steps.ts'
import { makePlan } from '../plan/plan.ts'
import { readPast } from '../record/past.ts'
import { requireManifest } from '../record/require-manifest.ts'
import { openPast } from '../record/run.ts'
import type { AccessChange } from './change-access.ts'
import { deviceSettings } from './device-profile.ts'

/** Certificates of the broker, and what is wrong with them. Contains no secrets. */
export interface CertificateStatus {
  /** Who issues the server certificate: edgekit's CA of this node, or another one, whose files were imported. */
  source: 'edgekit' | 'imported'
  ca: CertificateSummary
  server: CertificateSummary
  /** The CA that devices get now and that the broker uses later. */
  nextCa: CertificateSummary | undefined
  /** Why devices refuse the broker, or will soon; undefined when they do not. */
  problem: string | undefined
}

/** Throws EdgekitError. Read-only. */
export async function certificateStatus(node: Node): Promise<CertificateStatus> {
  const settings = deviceSettings((await readPast(node.files)).receipt)
  const found = await readCertificates(node.files)
  const { ca, server } = found
  if (ca === undefined || !server) throw missing()
  const now = new Date()
  const next = await readNext(node.files)
  const names = await namesOf(settings, node)
  return {
    source: isForeign(found) ? 'imported' : 'edgekit',
    ca: summarize(ca, now),
    server: summarize(server.certificate, now),
    nextCa: next && summarize(next.certificate, now),
    problem: isForeign(found)
      ? foreignCertificateProblem(server, { authority: ca, names: settings.names, now })
      : certificateProblem(server, { authority: ca, names, now }),
  }
}

async function namesOf(settings: DeviceSettings, node: Node): Promise<string[]> {
  return serverNames(settings, (await node.machine()).hostName, node.network.addresses())
}

/** A server certificate and the CA that devices trust, in the order in which they are written. */
const serverFiles = (ca: string, { certificate, key }: KeyPair): DesiredStep[] =>
  fileSteps([
    [paths.brokerCa, ca],
    [paths.brokerKey, key],
    [paths.brokerCertificate, certificate],
  ])

const fileSteps = (texts: readonly (readonly [AccessPath, string])[]): DesiredStep[] =>
  accessSteps(texts.map(([path, text]) => accessFile(path, text)))

/** Files of a user, to import. */
export interface OwnFiles extends KeyPair {
  /** The certificate of the CA that devices trust. */
  ca: string
}

/** Makes a CA for later and returns its certificate: the broker uses it only after `renew` with `ca`. Throws EdgekitError. */
export async function prepareAuthority(kind: KeyKind, change: AccessChange): Promise<CertificateSummary> {
  const { hostName } = await change.node.machine()
  const authority = await createAuthority(hostName, new Date(), kind)
  await changeCertificates(change, async () => ({
    files: fileSteps([
      [paths.brokerNextCaKey, authority.key],
      [paths.brokerNextCa, authority.certificate],
    ]),
    server: undefined,
  }))
  return summarize(authority.certificate, new Date())
}

/**
 * A new server certificate, of the same CA or of the one that was prepared, and proof that each listener shows it. Throws
 * EdgekitError.
 */
export async function renewCertificate({ ca }: { ca: boolean }, change: AccessChange): Promise<void> {
  const { node } = change
  await changeCertificates(change, async (settings, isContinued) => {
    const found = await readCertificates(node.files)
    // An interrupted run removes the new CA from its place only after it has become the CA of the broker.
    const prepared = (await readNext(node.files)) ?? (isContinued ? found.own : undefined)
    const authority = ca ? prepared : found.own
    if (!authority) throw ca ? noNextAuthority() : notIssuedHere()
    const server = await issueServerCertificate(authority, await namesOf(settings, node), new Date())
    const next = [paths.brokerNextCaKey, paths.brokerNextCa]
    return {
      files: [
        ...fileSteps([[paths.brokerCaKey, authority.key]]),
        ...serverFiles(authority.certificate, server),
        ...(ca ? next.map(absentStep) : []),
      ],
      server,
    }
  })
}

/** Uses certificates of another CA. Throws EdgekitError when devices would refuse them. */
export async function importCertificate(own: OwnFiles, change: AccessChange): Promise<void> {
  await changeCertificates(change, async ({ names }) => {
    const problem = foreignCertificateProblem(own, { authority: own.ca, names, now: new Date() })
    if (problem !== undefined)
      throw new EdgekitError(`nothing was changed: cannot use the certificate: ${problem}`, {
        code: 'broker-access-unusable',
        remedy:
          'Give a certificate with its intermediate certificates, its key, and the CA that devices trust.',
      })
    return {
      files: [...serverFiles(own.ca, own), absentStep(paths.brokerCaKey)],
      server: own,
    }
  })
}

const absentStep = (path: string): DesiredStep => ({ id: path, kind: 'file-removed', spec: { path } })

async function readNext(files: Files): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all([
    files.read(paths.brokerNextCa),
    files.read(paths.brokerNextCaKey),
  ])
  return certificate && key ? { certificate, key } : undefined
}

interface NewCertificates {
  files: DesiredStep[]
  /** What the broker shows from now on; undefined when that does not change. */
  server: KeyPair | undefined
}

/** Journaled like an install: a failure is rolled back, and after a kill the same command finishes it. */
async function changeCertificates(
  { node, command, runStep, signal, edgekitVersion }: AccessChange,
  make: (settings: DeviceSettings, isContinued: boolean) => Promise<NewCertificates>,
): Promise<void> {
  await takeLock(node, command, runStep, signal)
  const { interrupted, receipt } = await openPast(node)
  const name = command.replace(/^edgekit /, '')
  if (interrupted && interrupted.history.begins.at(-1)?.command !== name)
    throw interruptedBefore('change the certificates', interrupted.history)
  const settings = deviceSettings(receipt)
  if (!receipt) throw missing()
  const manifest = await requireManifest(node)
  // An interruption between a key and its certificate left a broker that does not start: this run restarts it.
  if (!interrupted && !(await isBrokerRunning(node))) throw notRunning()
  const shown = (await readCertificates(node.files)).server
  const { files, server } = await make(settings, interrupted !== undefined)
  const changes: BrokerChange[] = [
    'certificate',
    ...(settings.websockets ? (['webSocketCertificate'] as const) : []),
    // OpenSSL keeps a certificate of another kind beside the new one.
    ...(keyKindOf(server) === keyKindOf(shown) ? [] : (['certificateKind'] as const)),
  ]
  // What an interrupted run has let the broker read is unknown.
  const restart = interrupted !== undefined || requiresRestart(changes)
  const desired = [...files, ...(server ? usingSteps(files, settings, manifest.broker.image, restart) : [])]
  await changePart({
    node,
    name,
    receipt,
    attempt: { command: name, edgekit: edgekitVersion, options: receipt.options },
    interrupted,
    plan: await makePlan(desired, { history: interrupted?.history, receipt }, node),
    prove: async () => {
      if (restart && installedSettingsFrom(receipt.options).edgecore === 'running')
        await waitForBrokerConnection(node, runStep)
    },
    desired,
    runStep,
    signal,
  })
}

const keyKindOf = (pair: KeyPair | undefined): string | undefined =>
  pair && new X509Certificate(pair.certificate).publicKey.asymmetricKeyType

/** A restart ends all connections, a reload none. */
function usingSteps(
  files: readonly DesiredStep[],
  settings: DeviceSettings,
  image: string,
  restart: boolean,
): DesiredStep[] {
  const because = files.map(({ id }) => id)
  const use: DesiredStep[] = restart
    ? [runs(units.broker, because), brokerAnswers]
    : [{ id: 'broker reload', kind: 'broker-reload', spec: {}, because }]
  return [
    { id: 'broker trial', kind: 'broker-trial', spec: { image, settings }, because },
    ...use,
    { id: 'broker access', kind: 'broker-access', spec: { settings }, because },
  ]
}

const missing = (): EdgekitError =>
  new EdgekitError('the broker has no certificate', {
    code: 'broker-access-unusable',
    remedy: 'Install the bundle again:\n  ./edgekit install',
  })

const notRunning = (): EdgekitError =>
  new EdgekitError('nothing was changed: the broker does not run', {
    code: 'broker-unreachable',
    remedy: 'Start it:\n  systemctl start mosquitto\nIf it does not start, find out why:\n  edgekit doctor',
  })

const noNextAuthority = (): EdgekitError =>
  new EdgekitError('nothing was changed: there is no new CA', {
    code: 'broker-access-unusable',
    remedy: 'Create one, and copy it to the devices first:\n  edgekit broker tls init',
  })

const notIssuedHere = (): EdgekitError =>
  new EdgekitError('nothing was changed: another CA issued the server certificate', {
    code: 'broker-access-unusable',
    remedy: 'Import a new one:\n  edgekit broker tls import --certificate FILE --key FILE --ca FILE',
  })
