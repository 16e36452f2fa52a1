import { dirname, join } from 'node:path'
import type { ActionKind, SpecOf } from '../actions/index.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { eventBusValues } from '../edgecore/event-bus.ts'
import { EdgekitError, exitCodes } from '../errors.ts'
import { broker, paths, units } from '../node/paths.ts'
import type { UnpackedBundle } from './unpacked-bundle.ts'

/** One thing that must be true on the node, and the kind of action that makes it so. */
export type DesiredStep = {
  [K in ActionKind]: {
    id: string
    kind: K
    spec: SpecOf<K>
    /** Do this also when it looks done, if any of these steps has to be done: a unit runs what it was started with. */
    because?: readonly string[]
  }
}[ActionKind]

export interface DesiredNode {
  bundle: UnpackedBundle
  /** There is an EdgeCore that somebody else set up, `keadm join` say: its program and its unit are left as they are. */
  adopted: boolean
  /** The configuration that EdgeCore's unit reads. */
  edgecoreConfig: string
  /** The manifest of the bundle installed before, which says what edgekit wrote itself. */
  installed: Manifest | undefined
  nodeName: string
}

const root = { uid: 0, gid: 0 }
// The user `mosquitto` inside the image, as in the upstream image since 1.6.
const mosquitto = { uid: 1883, gid: 1883 }

/**
 * All that an edge node must be after an install, in the order it is made so: image, unit, broker up, and only when
 * the broker answers, EdgeCore. A list of plain data that does not look at the node.
 */
export function desiredSteps({
  bundle,
  adopted,
  edgecoreConfig,
  installed,
  nodeName,
}: DesiredNode): DesiredStep[] {
  const { directory, manifest } = bundle
  const entry = (member: string) => {
    const file = manifest.files.find(({ path }) => path === member)
    if (!file) {
      throw new EdgekitError(`the bundle has no ${member}, which a node needs`, {
        exitCode: exitCodes.refused,
        remedy: 'Build the bundle with the edgekit that installs it.',
      })
    }
    return file
  }
  const place = (member: string, path: string, mode: number): DesiredStep => ({
    id: path,
    kind: 'file',
    spec: {
      path,
      source: join(directory, member),
      sha256: entry(member).sha256,
      ours: /^\/(opt|var\/lib)\/edgekit\//.test(path),
      previousSha256: installed?.files.find(file => file.path === member)?.sha256,
      mode,
      ...root,
    },
  })
  const folder = (path: string, access: { mode: number; uid: number; gid: number }): DesiredStep => ({
    id: path,
    kind: 'directory',
    spec: { path, ours: /^\/(etc|opt|var\/lib)\/edgekit(\/|$)/.test(path), ...access },
  })
  const reload = (unit: string, because: string[]): DesiredStep => ({
    id: `reload for ${unit}`,
    kind: 'daemon-reload',
    spec: { units: [unit] },
    because,
  })
  const archiveOf = (member: string) => join(paths.images, member.replace(/^images\//, ''))
  const readable = { mode: 0o755, ...root }

  const images = manifest.images.flatMap((image): DesiredStep[] => [
    place(image.archive, archiveOf(image.archive), 0o644),
    {
      id: image.reference,
      kind: 'image',
      spec: {
        reference: image.reference,
        digest: image.digest,
        previousDigest: installed?.images.find(({ reference }) => reference === image.reference)?.digest,
        platform: image.platform,
        archive: archiveOf(image.archive),
      },
    },
  ])

  const edgecoreProgram = [
    place('bin/edgecore', paths.edgecore, 0o755),
    place('bin/keadm', paths.keadm, 0o755),
    place('systemd/edgecore.service', paths.edgecoreUnit, 0o644),
  ]

  return [
    folder('/etc/edgekit', readable),
    folder('/etc/edgekit/mosquitto', readable),
    folder('/opt/edgekit', readable),
    folder('/opt/edgekit/bin', readable),
    folder('/var/lib/edgekit', readable),
    folder(paths.images, readable),
    folder(paths.backups, { mode: 0o700, ...root }),
    folder(paths.brokerData, { mode: 0o700, ...mosquitto }),
    place('bin/edgekit', paths.program, 0o755),
    place('bin/clean-broker', paths.cleanBroker, 0o755),
    { id: paths.programLink, kind: 'link', spec: { path: paths.programLink, target: paths.program } },

    ...images,
    place('config/mosquitto/mosquitto.conf', paths.brokerConfig, 0o644),
    place('systemd/mosquitto.service', paths.brokerUnit, 0o644),
    reload(units.broker, [paths.brokerUnit]),
    { id: `enable ${units.broker}`, kind: 'unit-enabled', spec: { unit: units.broker } },
    {
      id: units.broker,
      kind: 'unit-running',
      spec: { unit: units.broker, mayFail: false },
      because: [paths.brokerUnit, paths.brokerConfig, manifest.broker.image],
    },
    { id: 'broker answers', kind: 'broker-answers', spec: { ...broker, timeoutMs: 30_000 } },

    ...(adopted ? [] : edgecoreProgram),
    folder(dirname(edgecoreConfig), readable),
    {
      id: edgecoreConfig,
      kind: 'edgecore-config',
      spec: {
        path: edgecoreConfig,
        base: join(directory, 'config/kubeedge/edgecore-config.yaml'),
        values: eventBusValues,
        initial: { 'modules.edged.hostnameOverride': nodeName },
      },
    },
    folder('/etc/systemd/system/edgecore.service.d', readable),
    place('systemd/edgecore.service.d/10-edgekit.conf', paths.edgecoreDropIn, 0o644),
    reload(units.edgecore, [paths.edgecoreUnit, paths.edgecoreDropIn]),
    { id: `enable ${units.edgecore}`, kind: 'unit-enabled', spec: { unit: units.edgecore } },
    {
      id: units.edgecore,
      kind: 'unit-running',
      spec: { unit: units.edgecore, mayFail: true },
      because: [paths.edgecore, edgecoreConfig, paths.edgecoreUnit, paths.edgecoreDropIn],
    },

    {
      id: paths.installedManifest,
      kind: 'file',
      spec: {
        path: paths.installedManifest,
        source: join(directory, 'bundle.json'),
        sha256: bundle.manifestSha256,
        ours: true,
        previousSha256: undefined,
        mode: 0o644,
        ...root,
      },
    },
  ]
}
