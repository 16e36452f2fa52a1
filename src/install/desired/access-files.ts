import type { AccessFileSpec } from '../../actions/files/access-file.ts'
import { Secret } from '../../lib/secret.ts'
import type { Access } from '../../node/files.ts'
import { mosquitto, paths } from '../../node/paths.ts'
import type { DesiredStep } from './step-makers.ts'

const root = { uid: 0, gid: 0 }
const ofBroker: Access = { mode: 0o600, ...mosquitto }
const ofRoot: Access = { mode: 0o600, ...root }
const forAll: Access = { mode: 0o644, ...root }

/** In the order in which they are written. */
export const accessOf = {
  [paths.brokerLogin]: ofRoot,
  [paths.brokerPasswords]: ofBroker,
  [paths.brokerAcl]: ofBroker,
  [paths.brokerCaKey]: ofRoot,
  [paths.brokerCa]: forAll,
  [paths.brokerNextCaKey]: ofRoot,
  [paths.brokerNextCa]: forAll,
  [paths.brokerDeviceCaKey]: ofRoot,
  [paths.brokerDeviceCa]: forAll,
  [paths.brokerKey]: ofBroker,
  [paths.brokerCertificate]: forAll,
} as const
export type AccessPath = keyof typeof accessOf

/** The step's spec for one of these files with this content. */
export const accessFile = (path: AccessPath, text: string): AccessFileSpec => ({
  path,
  source: new Secret(text, path),
  ...accessOf[path],
})

const accessFileStep = (spec: AccessFileSpec): DesiredStep => ({
  id: spec.path,
  kind: 'access-file',
  spec,
})

/** The server certificate and its key, which are replaced in one moment. */
const accessPairStep = (key: AccessFileSpec, certificate: AccessFileSpec): DesiredStep => ({
  id: key.path,
  kind: 'access-pair',
  spec: { key, certificate },
})

/** A step for each of these files, one for a key and its certificate. */
export function accessSteps(specs: readonly AccessFileSpec[]): DesiredStep[] {
  const certificate = specs.find(({ path }) => path === paths.brokerCertificate)
  const key = specs.find(({ path }) => path === paths.brokerKey)
  if (!key || !certificate) return specs.map(accessFileStep)
  return specs.flatMap(spec => {
    if (spec === certificate) return []
    return [spec === key ? accessPairStep(key, certificate) : accessFileStep(spec)]
  })
}
