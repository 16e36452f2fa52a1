import { join } from 'node:path'
import type { ActionKind, SpecOf } from '../../actions/index.ts'
import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { paths } from '../../node/paths.ts'

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

const root = { uid: 0, gid: 0 }
export const readable = { mode: 0o755, ...root }

/** The steps that come with every bundle, and makers of those that need to know what is in it. */
export interface StepMakers {
  /** Put a file of the bundle in its place. Throws EdgekitError when the bundle has no such file. */
  place: (member: string, path: string, mode: number) => DesiredStep
  folder: (path: string, access: { mode: number; uid: number; gid: number }) => DesiredStep
  /** Let systemd read a unit that it knows again, when one of these has been written. */
  reload: (unit: string, because: string[]) => DesiredStep[]
  /** Start a unit, or restart it when one of these has been changed. */
  start: (unit: string, because: string[], options?: { mayFail: boolean }) => DesiredStep
  /** Start these at boot, and let systemd know. */
  atBoot: (units: readonly string[]) => DesiredStep[]
  /** edgekit itself, so that it is there when the unpacked bundle is gone. */
  edgekit: () => DesiredStep[]
  /** Keep the archives of all images and import them. */
  images: () => DesiredStep[]
  /** Last: from now on this is the bundle that is installed here. */
  installedManifest: () => DesiredStep
}

const enabling = (unit: string): string => `enable ${unit}`

/** `newUnits`: those that systemd does not know yet. */
export function stepMakers(bundle: UnpackedBundle, newUnits: readonly string[] = []): StepMakers {
  const { directory, manifest } = bundle
  const unitSpec = (unit: string) => ({ unit, ...(newUnits.includes(unit) && { isNew: true as const }) })
  const place: StepMakers['place'] = (member, path, mode) => {
    const file = manifest.files.find(file => file.path === member)
    if (!file) {
      throw new EdgekitError(`the bundle has no ${member}, which a node needs`, {
        code: 'bundle-incomplete',
        remedy: 'Build the bundle with the edgekit that installs it.',
      })
    }
    return {
      id: path,
      kind: 'file',
      spec: {
        path,
        source: join(directory, member),
        sha256: file.sha256,
        ours: /^\/(opt|var\/lib)\/edgekit\//.test(path),
        mode,
        ...root,
      },
    }
  }
  const folder: StepMakers['folder'] = (path, access) => ({
    id: path,
    kind: 'directory',
    spec: { path, ours: /^\/(etc|opt|var\/lib)\/edgekit(\/|$)/.test(path), ...access },
  })
  const archiveOf = (member: string) => join(paths.images, member.replace(/^images\//, ''))
  return {
    place,
    folder,
    reload: (unit, because) =>
      newUnits.includes(unit)
        ? []
        : [{ id: `reload for ${unit}`, kind: 'daemon-reload', spec: { units: [unit] }, because }],
    start: (unit, because, { mayFail } = { mayFail: false }) => ({
      id: unit,
      kind: 'unit-running',
      spec: { ...unitSpec(unit), mayFail },
      because,
    }),
    atBoot: units => [
      ...units.map(
        (unit): DesiredStep => ({ id: enabling(unit), kind: 'unit-enabled', spec: unitSpec(unit) }),
      ),
      {
        id: 'reload for the next boot',
        kind: 'daemon-reload',
        spec: { units: [...units] },
        because: units.map(enabling),
      },
    ],
    edgekit: () => [
      place('bin/edgekit', paths.program, 0o755),
      { id: paths.programLink, kind: 'link', spec: { path: paths.programLink, target: paths.program } },
    ],
    images: () =>
      manifest.images.flatMap((image): DesiredStep[] => [
        place(image.archive, archiveOf(image.archive), 0o644),
        {
          id: image.reference,
          kind: 'image',
          spec: {
            reference: image.reference,
            digest: image.digest,
            platform: image.platform,
            archive: archiveOf(image.archive),
          },
        },
      ]),
    installedManifest: () => ({
      id: paths.installedManifest,
      kind: 'file',
      spec: {
        path: paths.installedManifest,
        source: join(directory, 'bundle.json'),
        sha256: bundle.manifestSha256,
        ours: true,
        mode: 0o644,
        ...root,
      },
    }),
  }
}
