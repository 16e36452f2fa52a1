import { X509Certificate } from 'node:crypto'
import { isFor } from '../broker/access/certificates.ts'
import { foreignCertificateProblem } from '../broker/access/foreign-certificate.ts'
import { type UnreadableEntry, unreadableEntries } from '../broker/access/password-file.ts'
import { readMosquittoConf } from '../broker/mosquitto-conf.ts'
import { isWildcard } from '../broker/profile/broker-settings.ts'
import { type ConfDProblem, confDProblemsOf } from '../broker/profile/conf-d-problems.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import { readBrokerConfigText } from './broker-config.ts'
import { pathsOnNode } from './broker-mounts.ts'
import type { Collector } from './collector.ts'
import { type FileAccess, fileAccess } from './file-access.ts'

export interface BrokerCertificateFacts {
  path: string
  keyPath: string
  /** Milliseconds since 1970; undefined when it cannot be parsed. */
  validTo: number | undefined
  /** Why it does not serve: its key, its CA, or its dates. */
  problem: string | undefined
  /** Addresses of listeners that it is not for, if edgekit issued it: devices can use other names of other certificates. */
  missingNames: string[]
  /** Who can read the key. */
  keyAccess: FileAccess | undefined
}

export interface BrokerAccessFacts {
  /** The certificate of the listeners; undefined when there is none, or when its files are missing. */
  certificate: BrokerCertificateFacts | undefined
  /** The password file, with the entries that mosquitto 2.0 cannot read. */
  passwords: { path: string; unreadable: UnreadableEntry[] } | undefined
  /** Lines of conf.d that contradict the configuration of edgekit; none while mosquitto.conf does not include it. */
  confD: ConfDProblem[]
}

/** Certificates, users, and own settings of the broker. Contains no password, hash, or key. */
export const brokerAccess: Collector<BrokerAccessFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const text = (await readBrokerConfigText(node)) ?? ''
    const onNode = await pathsOnNode(node)
    const { files: named, listeners } = readMosquittoConf(text)
    const pathOf = (option: string): string | undefined => {
      const found = named.findLast(file => file.option === option)
      return found && (onNode(found.path) ?? found.path)
    }
    const addresses = listeners.flatMap(({ tls, address }) =>
      tls && address !== '' && !isWildcard(address) ? [address] : [],
    )
    const [certificate, key, passwords] = ['certfile', 'keyfile', 'password_file'].map(pathOf)
    return {
      certificate: certificate && key ? await inspect(certificate, key, addresses, node) : undefined,
      passwords: passwords === undefined ? undefined : await readPasswords(passwords, node.files),
      confD: /^\s*include_dir\s/m.test((await node.files.read(paths.brokerConfig)) ?? '')
        ? await confDProblemsOf(node.files)
        : [],
    }
  },
}

/** edgekit's own CA; the issuer of a certificate names it. */
const ownIssuer = /CN=edgekit broker CA of /

async function inspect(
  path: string,
  keyPath: string,
  addresses: readonly string[],
  { files }: Node,
): Promise<BrokerCertificateFacts | undefined> {
  const [text, key, authority] = [
    await files.read(path),
    await files.read(keyPath),
    await files.read(paths.brokerCa),
  ]
  if (text === undefined || key === undefined) return undefined
  const problem = foreignCertificateProblem(
    { certificate: text, key },
    // Without the CA on this node, only its key and its dates can be judged.
    { authority: authority ?? text, names: [], now: new Date() },
  )
  const found = parse(text)
  return {
    path,
    keyPath,
    validTo: found?.validToDate.getTime(),
    problem,
    missingNames:
      found && ownIssuer.test(found.issuer) ? addresses.filter(address => !isFor(found, address)) : [],
    keyAccess: await fileAccess(keyPath, files),
  }
}

function parse(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

async function readPasswords(path: string, files: Files): Promise<BrokerAccessFacts['passwords']> {
  const text = await files.read(path)
  return text === undefined ? undefined : { path, unreadable: unreadableEntries(text) }
}
