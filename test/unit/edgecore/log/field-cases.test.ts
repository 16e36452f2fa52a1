import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { readSavedLog } from '../../../../src/edgecore/log/saved-log.ts'
import { edgecoreExplainOutput } from '../../../../src/ui/json/edgecore.ts'
import { journalctlFormats, journalOf, otherFormats } from './journal-formats.ts'

const directory = new URL('../../../fixtures/field-cases/', import.meta.url)
const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.log'),
)
const textOf = (name: string): string => readFileSync(new URL(name, directory), 'utf8')
const explain = (log: string | Uint8Array) =>
  explainLog(readEdgecoreLog(readSavedLog(typeof log === 'string' ? Buffer.from(log) : log), {}))

interface Verdict {
  state: string
  /** Codes of the findings, the worst first. */
  findings: string[]
  cloud: string
  version?: string
  /** Words that the first cause and its remedy must have. */
  words?: RegExp[]
}

const expected: Record<string, Verdict> = {
  'cert-wrong-ip.log': {
    state: 'exits',
    findings: ['cloud-certificate-address'],
    cloud: 'unknown',
    version: 'v1.12.1',
    words: [
      /CloudCore is reachable/,
      /192\.0\.2\.10; it names 10\.0\.2\.15/,
      /advertiseAddress/,
      /cloudcoresecret/,
      /casecret/,
    ],
  },
  'clock-1970.log': {
    state: 'exits',
    findings: ['clock-behind'],
    cloud: 'unknown',
    words: [/clock of this node is wrong/, /1970-01-01T00:01:13Z/, /timedatectl/],
  },
  'csi-loop.log': {
    state: 'crash-loop',
    findings: ['never-joined'],
    cloud: 'unknown',
    words: [/never joined/, /DisableCSIVolumePlugin/],
  },
  'cut-lines.log': {
    state: 'failing',
    findings: ['connection-refused'],
    cloud: 'unknown',
    words: [/nothing listens/],
  },
  'edged-E-docker.log': {
    state: 'exits',
    findings: ['docker-runtime'],
    cloud: 'unknown',
    words: [/v1\.14/, /modules\.edged\.containerRuntime to remote/, /remoteRuntimeEndpoint/],
  },
  'edged-init-cgroupdriver.log': {
    state: 'exits',
    findings: ['cgroup-driver-mismatch'],
    cloud: 'unknown',
    words: [/is cgroupfs, the container runtime's is systemd/, /cgroupDriver.*to systemd/],
  },
  'exec-203.log': {
    state: 'exits',
    findings: ['exec-format'],
    cloud: 'unknown',
    words: [/another architecture/, /uname -m/],
  },
  'flap-yesterday.log': {
    state: 'flapping',
    findings: ['same-client-id'],
    cloud: 'unknown',
    words: [/one client id/],
  },
  'handshake-404.log': {
    state: 'up',
    findings: ['cloud-websocket-port'],
    cloud: 'reconnecting',
    words: [/the port is wrong/, /websocket\.server to port 10000/],
  },
  'mosquitto-daemonset-pull.log': {
    state: 'failing',
    findings: ['connection-refused', 'mosquitto-daemonset-pull'],
    cloud: 'unknown',
    words: [/nothing listens/],
  },
  'port-10350-taken.log': {
    state: 'exits',
    findings: ['port-taken'],
    cloud: 'unknown',
    words: [/port 10350/, /sport = :10350/],
  },
  'real-brokerfrozen.log': {
    state: 'connecting',
    findings: ['broker-stuck', 'cloud-no-route'],
    cloud: 'reconnecting',
    words: [/stopped answering/],
  },
  'real-crisock.log': {
    state: 'crash-loop',
    findings: ['container-runtime'],
    cloud: 'unknown',
    words: [/Start containerd/],
  },
  'real-dbgarbage.log': {
    state: 'exits',
    findings: ['database-damaged'],
    cloud: 'unknown',
    version: 'v1.23.1',
    words: [/damaged/, /edgecore\.db\.damaged/],
  },
  'real-port10350.log': {
    state: 'crash-loop',
    findings: ['port-taken'],
    cloud: 'unknown',
    words: [/port 10350/],
  },
  'real-yamlbroken.log': {
    state: 'exits',
    findings: ['config-syntax'],
    cloud: 'unknown',
    words: [/not valid YAML \(line 184: found a tab character/, /line 184/],
  },
  'rpi-memory-cgroup-v1.7.log': {
    state: 'exits',
    findings: ['cgroup-missing'],
    cloud: 'connected',
    words: [/cgroup controller memory/, /Raspberry Pi/, /cgroup_enable=memory/, /cmdline\.txt/],
  },
  'sandbox-image.log': {
    state: 'up',
    findings: ['sandbox-image'],
    cloud: 'connected',
    words: [/no pod can start/, /registry\.k8s\.io\/pause:3\.6/, /sandbox_image/],
  },
  'stray-line-in-version.log': { state: 'starting', findings: [], cloud: 'unknown', version: 'v1.22.0' },
  'syslog-nopid.log': { state: 'failing', findings: ['connection-refused'], cloud: 'unknown' },
  'tls-bad-certificate.log': {
    state: 'exits',
    findings: ['tls-intercepted'],
    cloud: 'unknown',
    words: [/ends TLS \(bad certificate\)/, /10000, 10002 and 10004/, /layer 4/],
  },
  'token-expired.log': {
    state: 'exits',
    findings: ['token-expired'],
    cloud: 'unknown',
    words: [/expired/, /keadm gettoken/],
  },
  'v122-containermanager.log': {
    state: 'exits',
    findings: ['cgroup-missing'],
    cloud: 'unknown',
    words: [/controller memory/],
  },
  'zh-locale-fatal.log': {
    state: 'exits',
    findings: ['cri-disabled'],
    cloud: 'unknown',
    words: [/CRI plugin/, /disabled_plugins/],
  },
  'zh-locale.log': {
    state: 'failing',
    findings: ['connection-refused', 'cloud-ca-changed'],
    cloud: 'reconnecting',
    words: [/nothing listens/],
  },
  'real-cloud/a-fresh-join.log': { state: 'up', findings: [], cloud: 'connected' },
  'real-cloud/b-pods-cni-plugin-missing.log': {
    state: 'up',
    findings: ['cni-plugin-missing'],
    cloud: 'connected',
    words: [/CNI plugin bridge is not in \/usr\/lib\/cni/],
  },
  'real-cloud/cloud-refuses-node.log': {
    state: 'exits',
    findings: ['registration-refused'],
    cloud: 'connected',
    words: [/refuses to register this node/, /CloudCore's log/],
  },
  'real-cloud/d1-wrong-token.log': {
    state: 'exits',
    findings: ['token-wrong'],
    cloud: 'reconnecting',
    words: [/does not accept the bootstrap token/, /keadm gettoken/],
  },
  'real-cloud/d2-expired-token.log': {
    state: 'exits',
    findings: ['token-expired'],
    cloud: 'reconnecting',
    words: [/has expired/, /keadm gettoken/],
  },
  'real-cloud/d3-wrong-port.log': {
    state: 'up',
    findings: ['cloud-websocket-port'],
    cloud: 'reconnecting',
    words: [/port is wrong/],
  },
  'real-cloud/d4-cert-without-address.log': {
    state: 'exits',
    findings: ['cloud-certificate-address'],
    cloud: 'reconnecting',
    words: [/192\.0\.2\.2; it names 192\.0\.2\.1/, /advertiseAddress/],
  },
  'real-cloud/d6-clock-behind.log': {
    state: 'exits',
    findings: ['clock-behind'],
    cloud: 'reconnecting',
    words: [/clock of this node/],
  },
  'real-cloud/d7-timeout.log': {
    state: 'exits',
    findings: ['cloud-timeout'],
    cloud: 'reconnecting',
    words: [/no answer from 192\.0\.2\.1:10002/, /ports 10000 and 10002/],
  },
  'real-cloud/d7b-timeout-then-joined.log': { state: 'up', findings: [], cloud: 'connected' },
  'real-cloud/d8-joined-node-cloud-cert-not-yet-valid.log': {
    state: 'up',
    findings: ['clock-behind'],
    cloud: 'reconnecting',
    words: [/clock of this node/, /2028-11-29/],
  },
  'real-cloud/f1-cloud-restart.log': { state: 'up', findings: [], cloud: 'connected' },
  'real-cloud/f2-cable-out.log': {
    state: 'up',
    findings: ['cloud-silent'],
    cloud: 'silent',
    words: [/does not answer/],
  },
  'real-cloud/i1-same-name.log': {
    state: 'up',
    findings: ['node-name-taken'],
    cloud: 'reconnecting',
    words: [/has a node of this name already/, /hostnameOverride/],
  },
  'real-cloud/i4b-apiserver-down-at-first-join.log': {
    state: 'up',
    findings: ['not-registered'],
    cloud: 'connected',
    words: [/no such node/, /systemctl restart edgecore/],
  },
}

/** What must not depend on how the log was saved. */
const verdictOf = (log: string | Uint8Array) => {
  const { state, findings, cloud } = explain(log)
  return { state, findings: findings.map(({ code }) => code), cloud }
}

test('every log is in the table', () => {
  expect(names.toSorted()).toEqual(Object.keys(expected).toSorted())
})

describe.each(Object.entries(expected))('%s', (name, { words = [], version, ...verdict }) => {
  const text = textOf(name)
  const lines = journalOf(text)

  test('has its verdict, with proof, words and remedy', () => {
    const found = explain(text)
    expect(verdictOf(text)).toEqual(verdict)
    expect(edgecoreExplainOutput.parse(found)).toEqual(found)
    if (version !== undefined) expect(found.version).toBe(version)
    for (const { line, remedy } of found.findings) {
      expect(line).not.toBe('')
      expect(remedy).toMatch(/^[A-Z].*\.$/)
    }
    const [first] = found.findings
    const told = first ? [first.cause, first.remedy, ...first.commands].join('\n') : ''
    for (const word of words) expect(told).toMatch(word)
  })

  test.each(Object.entries(journalctlFormats))('the same with journalctl --output %s', (_, format) => {
    const printed = Buffer.concat(lines.flatMap(line => [Buffer.from(format(line)), Buffer.from('\n')]))
    expect(verdictOf(printed)).toEqual(verdict)
  })

  test.each(Object.entries(otherFormats))('the same with %s', (_, format) => {
    expect(verdictOf(format(lines))).toEqual(verdict)
  })

  test('the same as a file of --log_file, without systemd', () => {
    const own = lines.filter(({ writer }) => writer !== 'systemd')
    if (own.length > 0) expect(verdictOf(own.map(({ message }) => `${message}\n`).join(''))).toEqual(verdict)
  })

  test('the same when its first and its last line are cut in two', () => {
    if (lines.length > 4) expect(verdictOf(text.trimEnd().slice(30))).toEqual(verdict)
    if (verdict.findings.length > 0) expect(verdictOf(text.trimEnd().slice(0, -6))).toEqual(verdict)
  })

  test('the same on every day that it is read', () => {
    const found = explain(text)
    for (const day of ['1999-02-28', '2026-03-01', '2031-12-31']) {
      vi.setSystemTime(new Date(day))
      expect(explain(text)).toEqual(found)
    }
  })
})

afterEach(() => {
  vi.useRealTimers()
})
