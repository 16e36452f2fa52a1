import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { readSavedLog } from '../../../../src/edgecore/log/saved-log.ts'

const directory = new URL('../../../fixtures/public-cases/', import.meta.url)
const textOf = (name: string): string => readFileSync(new URL(name, directory), 'utf8')

const verdictOf = (log: string) => {
  const { state, cloud, findings } = explainLog(readEdgecoreLog(readSavedLog(Buffer.from(log)), {}))
  return [state, cloud, ...findings.map(({ code }) => code)]
}

/** Made after public reports to KubeEdge (issue numbers in parentheses): state, cloud, and findings, the worst first. */
const expected: Record<string, [what: string, state: string, cloud: string, ...findings: string[]]> = {
  'apiserver-forbids.log': [
    'the API server does not let CloudCore create the Node',
    'unknown',
    'connected',
    'registration-failed',
  ],
  'arm-unaligned.log': ['32-bit ARM (4760)', 'exits', 'connected', 'arm-alignment'],
  'certificate-address-v1.3.log': [
    'a load balancer in front of CloudCore (1786)',
    'exits',
    'unknown',
    'cloud-certificate-address',
  ],
  'cgroupv1-unsupported.log': ['failCgroupV1', 'exits', 'unknown', 'cgroup-v1'],
  'cni-v1.8.log': ['no CNI configuration (3507)', 'up', 'connected', 'cni-config-missing'],
  'concurrent-map.log': ['metaServer and its clients (2928, 3122)', 'exits', 'connected', 'data-race'],
  'container-name-docker.log': [
    'a container that Docker has kept (4210)',
    'unknown',
    'unknown',
    'container-name-taken',
  ],
  'container-name-reserved.log': [
    'a slow container, and a restart of EdgeCore (6182)',
    'unknown',
    'unknown',
    'container-name-taken',
  ],
  'config-array.log': ['a list for a string (5032)', 'exits', 'unknown', 'config-type'],
  'cri-v1alpha2.log': ['containerd without CRI v1alpha2', 'exits', 'unknown', 'cri-disabled'],
  'crio-slice.log': ['cgroup driver of CRI-O (1217)', 'up', 'connected', 'runtime-cgroup-driver'],
  'db-locked-runs.log': ['the database was locked for a moment, and EdgeCore runs (4481)', 'up', 'connected'],
  'db-three-times.log': [
    'two users of one transaction (3001, 4110)',
    'exits',
    'connected',
    'database-access',
  ],
  'edged-cpu-manager.log': ['another CPU manager policy than before', 'exits', 'unknown', 'kubelet-state'],
  'eks-node-deleted.log': ['a cloud controller deletes the Node (4287)', 'up', 'silent', 'cloud-silent'],
  'exec-format-pod.log': ['an image for another architecture', 'up', 'connected', 'image-architecture'],
  'fifo-overflow.log': ['too many messages (3153)', 'up', 'connected', 'cloud-messages-dropped'],
  'flannel-crashloop.log': [
    'flannel without an API server, and no broker (5446)',
    'failing',
    'unknown',
    'connection-refused',
    'container-start',
  ],
  'flannel-subnet.log': ['flannel has not prepared the node', 'up', 'connected', 'cni-plugin-failed'],
  'harmless.log': ['errors of a healthy node (4573, 5611, 5961, 6271)', 'up', 'connected'],
  'html.log': ['copied from the source of a web page', 'unknown', 'unknown', 'image-pull'],
  'image-pull-registry.log': ['a registry with an unknown CA', 'up', 'connected', 'image-pull'],
  'index-range.log': ['a crash in EdgeMesh (1571)', 'exits', 'connected', 'crash'],
  'kernel-oom.log': ['only the kernel logs the end', 'exits', 'unknown', 'oom-killed'],
  'kube-proxy.log': ['kube-proxy runs (5136, 5865)', 'exits', 'unknown', 'environment'],
  'kubelet-running.log': ['a kubelet runs (4458)', 'exits', 'unknown', 'environment'],
  'kubepods-missing.log': ['a kernel without a controller (3042)', 'exits', 'unknown', 'kubepods-cgroup'],
  'mount-configmap.log': ['a ConfigMap that does not exist (1736)', 'up', 'connected', 'volume-mount'],
  'network-not-ready-docker.log': ['cri-dockerd without CNI (6518)', 'up', 'connected', 'cni-config-missing'],
  'no-space-pod.log': ['no space to extract an image', 'up', 'connected', 'pod-disk-full'],
  'node-deleted.log': ['kubectl delete node', 'up', 'connected', 'node-deleted'],
  'oci-runtime.log': ['runc cannot start a container (2328)', 'up', 'connected', 'container-start'],
  'offline-boot.log': ['a boot without the cloud (6414)', 'up', 'reconnecting', 'cloud-refused'],
  'quic-timeout.log': ['QUIC (4474, 5648)', 'up', 'reconnecting', 'cloud-quic'],
  'recovered-panic.log': [
    'panics that EdgeCore survives (5313, 6950)',
    'up',
    'connected',
    'twin-module-crashed',
  ],
  'register-timeout-v1.3.log': [
    'no answer to the registration (1857, 2052)',
    'up',
    'connected',
    'registration-failed',
  ],
  'start-limit.log': ['systemd has given up', 'exits', 'unknown', 'start-limit'],
  'systemctl-status-only.log': [
    'systemctl status without log lines (3440, 6182)',
    'exits',
    'unknown',
    'exited',
  ],
  'tls-handshake-failure.log': [
    'a certificate that the cloud rejects (1699, 1737)',
    'up',
    'reconnecting',
    'node-certificate-rejected',
  ],
  'tunnel-refused.log': ['port 10004 is closed (4284, 4420)', 'up', 'connected', 'tunnel-failed'],
  'unshare.log': ['a kernel without namespaces (5978)', 'up', 'connected', 'sandbox'],
  'ws-read-timeout.log': ['a NodePort that does not answer (1152)', 'up', 'reconnecting', 'cloud-timeout'],
}

test('every log is in the table', () => {
  expect(
    readdirSync(directory)
      .filter(name => name.endsWith('.log'))
      .toSorted(),
  ).toEqual(Object.keys(expected).toSorted())
})

describe.each(Object.entries(expected))('%s', (name, [what, ...verdict]) => {
  test(what, () => {
    expect(verdictOf(textOf(name))).toEqual(verdict)
  })

  test.each([
    ['quoted in a mail', (text: string) => text.replaceAll(/^(?=.)/gm, '> ')],
    ['between fences', (text: string) => `\`\`\`text\n${text}\`\`\`\n`],
    ['with CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('the same %s', (_, form) => {
    expect(verdictOf(form(textOf(name)))).toEqual(verdict)
  })
})
