import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { cloudManifests } from '../../../../src/build/pack/cloud-manifests.ts'
import { problemsOf } from './kubernetes-schema.ts'

const digest = `sha256:${'a'.repeat(64)}`
const manifests = cloudManifests({
  reference: 'docker.io/library/eclipse-mosquitto:2.0',
  digest,
  archive: 'images/eclipse-mosquitto-2.0.tar',
})
const rendered = manifests['manifests/mosquitto-daemonset.yaml'] ?? ''

/** YAML 1.1 is what kubectl reads; what it makes of a file is what counts. */
const objects = parseAllDocuments(rendered, { version: '1.1' }).map(document => document.toJS())
const [configMap, daemonSet] = objects
const pod = daemonSet.spec.template.spec
const [container] = pod.containers

test('the manifests match the Kubernetes schema', () => {
  expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'DaemonSet'])
  for (const object of objects) expect(problemsOf(object)).toEqual([])
})

test.each([
  ['a key that does not exist', (set: typeof daemonSet) => (set.spec.template.spec.hostnetwork = true)],
  ['a wrong type', (set: typeof daemonSet) => (set.spec.template.spec.containers[0].image = 3)],
  ['a missing key', (set: typeof daemonSet) => delete set.spec.selector],
  ['a kind nobody knows', (set: typeof daemonSet) => (set.apiVersion = 'extensions/v1beta1')],
])('the validation detects %s', (_, harm) => {
  const broken = structuredClone(daemonSet)
  harm(broken)
  expect(problemsOf(broken)).not.toEqual([])
})

test('no variable is left, and YAML 1.1 and 1.2 parse the same', () => {
  expect(rendered).not.toMatch(/@[A-Z_]+@/)
  expect(parseAllDocuments(rendered).map(document => document.toJS())).toEqual(objects)
})

test('runs on edge nodes only', () => {
  const terms = pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms
  expect(terms).toEqual([{ matchExpressions: [{ key: 'node-role.kubernetes.io/edge', operator: 'Exists' }] }])
})

test('the broker has the configuration of mosquitto.service', () => {
  const [text, access] = ['mosquitto', 'local'].map(name =>
    readFileSync(`templates/mosquitto/${name}.conf`, 'utf8'),
  )
  expect(`${configMap.data['mosquitto.conf']}`).toBe(
    text?.replace('@ACCESS@', access ?? '').replace('@AUTOSAVE_INTERVAL@', '30'),
  )
  expect(configMap.data['mosquitto.conf']).toMatch(/^listener 1883 127\.0\.0\.1$/m)
  expect(pod.hostNetwork).toBe(true)
  const volume = pod.volumes.find(({ name }: { name: string }) => name === 'config')
  expect(volume.configMap.name).toBe(configMap.metadata.name)
})

test('the image is referenced by its digest and never pulled', () => {
  for (const { image, imagePullPolicy } of [...pod.initContainers, ...pod.containers]) {
    expect(image).toBe(`docker.io/library/eclipse-mosquitto@${digest}`)
    expect(imagePullPolicy).toBe('IfNotPresent')
  }
})

test('has minimal privileges', () => {
  expect(pod.securityContext).toEqual({
    runAsNonRoot: true,
    runAsUser: 1883,
    runAsGroup: 1883,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  expect(pod.automountServiceAccountToken).toBe(false)
  for (const { resources } of [...pod.initContainers, container]) {
    expect(Object.keys(resources.limits)).toEqual(['cpu', 'memory'])
  }
})

test('probes reach a broker on loopback, and keadm reset keeps its data', () => {
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    const { command } = probe.exec
    expect(command.slice(0, 3)).toEqual(['mosquitto_sub', '-h', '127.0.0.1'])
    // It gives up by itself before the kubelet does: a killed probe says nothing.
    expect(Number(command[command.indexOf('-W') + 1])).toBeLessThan(probe.timeoutSeconds)
  }
  const { hostPath } = pod.volumes.find(({ name }: { name: string }) => name === 'data')
  expect(hostPath.path).not.toMatch(/kubeedge|kubelet|edged/)
})

test("the chart's own broker is off", () => {
  expect(parse(manifests['manifests/values-cloudcore.yaml'] ?? '')).toEqual({ mosquitto: { enable: false } })
})
