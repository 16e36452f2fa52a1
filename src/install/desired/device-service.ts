import type { AccessFileSpec } from '../../actions/files/access-file.ts'
import { readAsset } from '../../lib/assets.ts'
import { Secret } from '../../lib/secret.ts'
import type { Access, Files } from '../../node/files.ts'
import { paths, units } from '../../node/paths.ts'
import { type DesiredStep, textStep } from './step-makers.ts'

const root = { uid: 0, gid: 0 }

/** Files that decide what the service does. Those with passwords are for systemd alone, which passes them on. */
const accessOf = {
  [paths.devicesSettings]: { mode: 0o644, ...root },
  [paths.devicesEnvironment]: { mode: 0o600, ...root },
  [paths.devicesLogin]: { mode: 0o600, ...root },
} as const satisfies Record<string, Access>
type DevicesFile = keyof typeof accessOf

const devicesFiles = Object.keys(accessOf) as DevicesFile[]

/** A step that writes one of these files. */
export const devicesFileStep = (path: DevicesFile, text: string): DesiredStep =>
  fileStep({ path, source: new Secret(text, path), ...accessOf[path] })

const fileStep = (spec: AccessFileSpec): DesiredStep => ({ id: spec.path, kind: 'access-file', spec })

/** Those that are there, as they are. */
export async function existingDevicesFiles(files: Files): Promise<DesiredStep[]> {
  const found = await Promise.all(devicesFiles.map(path => files.status(path)))
  return devicesFiles
    .filter((_, index) => found[index]?.kind === 'file')
    .map(path => fileStep({ path, ...accessOf[path] }))
}

/** The unit of the device service runs with these files. A pure function. */
export function deviceServiceSteps(configured: readonly DesiredStep[]): DesiredStep[] {
  return [
    textStep(paths.devicesUnit, readAsset('templates/systemd/edgekit-devices.service')),
    ...configured,
    { id: 'data of devices', kind: 'devices-data', spec: {} },
    {
      id: `reload for ${units.devices}`,
      kind: 'daemon-reload',
      spec: { units: [units.devices] },
      because: [paths.devicesUnit],
    },
    {
      id: units.devices,
      kind: 'unit-running',
      // A database on another machine can be away for a while.
      spec: { unit: units.devices, mayFail: true },
      because: [paths.program, paths.devicesUnit, ...configured.map(({ id }) => id)],
    },
  ]
}
