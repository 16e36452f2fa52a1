import { summarize } from '../broker/access/certificate-summary.ts'
import { readPasswordFile } from '../broker/access/password-file.ts'
import { localProfile } from '../broker/profile/broker-settings.ts'
import { readSystemTopics } from '../broker/system-topics.ts'
import { localBroker } from '../facts/broker-probe.ts'
import { certificates } from '../facts/certificates.ts'
import { edgecoreConfig } from '../facts/edgecore-config.ts'
import { edgecoreDatabase } from '../facts/edgecore-database.ts'
import { edgecoreLog } from '../facts/edgecore-log.ts'
import { collectFact, type Facts } from '../facts/index.ts'
import { listeners } from '../facts/listeners.ts'
import { type UnitFacts, units as unitStates } from '../facts/units.ts'
import { wasRegistered } from '../facts/was-registered.ts'
import { hostPort } from '../lib/format.ts'
import type { Node } from '../node/node.ts'
import { paths, units } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'
import type { Receipt } from './record/receipt.ts'
import { nodeSettings } from './request/node-settings.ts'

interface ServiceStatus {
  name: string
  /** As systemd names it: `active`, `failed`, … */
  state: string
  /** ISO 8601; undefined when it does not run. */
  since: string | undefined
  version: string | undefined
}

/** What runs on a node; what could not be read is undefined. Plain data without secrets. */
export interface RunningStatus {
  services: ServiceStatus[]
  cloud: {
    joined: boolean | undefined
    /** As EdgeCore's log shows it. */
    link: string | undefined
  }
  broker: {
    profile: 'local' | 'devices'
    /** HOST:PORT */
    listeners: string[]
    /** Those that can log in; undefined with the profile `local`. */
    users: number | undefined
    certificateDays: number | undefined
    caDays: number | undefined
    /** Durable sessions whose clients are not connected. */
    sessionsWaiting: number | undefined
  }
}

/** Most nodes have no device service. */
const installedUnits = (states: Facts['units']): UnitFacts[] =>
  'value' in states
    ? Object.values(states.value).filter(unit => unit.name !== units.devices || !isUnknown(unit))
    : []

const version = '$SYS/broker/version'
const waiting = '$SYS/broker/clients/disconnected'

/** What runs on a node with this receipt, right now. Read-only. Never throws. */
export async function runningStatus(node: Node, receipt: Receipt): Promise<RunningStatus> {
  const [states, log, config, database, issued, sockets, system, access] = await Promise.all([
    collectFact(unitStates, node),
    collectFact(edgecoreLog, node),
    collectFact(edgecoreConfig, node),
    collectFact(edgecoreDatabase, node),
    collectFact(certificates, node),
    collectFact(listeners, node),
    systemTopics(node),
    accessStatus(node),
  ])
  const versions: Record<string, string | undefined> = {
    [units.broker]: system.get(version)?.replace(/^mosquitto version /, ''),
    [units.edgecore]: receipt.bundle.kubeedgeVersion,
  }
  const { broker = localProfile } = nodeSettings({}, receipt.options)
  const isDevices = broker.profile === 'devices'
  const sessions = system.get(waiting)
  const hasCertificate = 'value' in issued ? issued.value.node !== undefined : undefined
  return {
    services: installedUnits(states).map(
      ({ name, active, activeForMs }): ServiceStatus => ({
        name: name.replace(/\.service$/, ''),
        state: active,
        since: activeForMs === undefined ? undefined : new Date(Date.now() - activeForMs).toISOString(),
        version: versions[name],
      }),
    ),
    cloud: {
      joined:
        hasCertificate === false
          ? false
          : wasRegistered({ edgecoreConfig: config, edgecoreDatabase: database, edgecoreLog: log }),
      link: 'value' in log ? log.value.cloud : undefined,
    },
    broker: {
      profile: broker.profile,
      listeners: ('value' in sockets ? sockets.value : [])
        .filter(({ owner }) => owner?.program === 'mosquitto')
        .toSorted((one, other) => one.port - other.port)
        .map(({ address, port }) => hostPort(address, port)),
      ...(isDevices ? access : { users: undefined, certificateDays: undefined, caDays: undefined }),
      sessionsWaiting: sessions === undefined ? undefined : Number(sessions),
    },
  }
}

const systemTopics = (node: Node): Promise<ReadonlyMap<string, string>> =>
  localBroker(node)
    .then(({ endpoint }) => readSystemTopics(endpoint, [version, waiting]))
    .catch(() => new Map())

async function accessStatus({ files }: Node) {
  const read = (path: string) => files.read(path).catch(() => undefined)
  const [passwords, certificate, ca] = await Promise.all(
    [paths.brokerPasswords, paths.brokerCertificate, paths.brokerCa].map(read),
  )
  return {
    users: passwords === undefined ? undefined : readPasswordFile(passwords).length,
    certificateDays: daysLeft(certificate),
    caDays: daysLeft(ca),
  }
}

function daysLeft(pem: string | undefined): number | undefined {
  try {
    return pem === undefined ? undefined : summarize(pem, new Date()).daysLeft
  } catch {
    return undefined
  }
}
