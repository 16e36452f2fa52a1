import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ActionKind, SpecOf } from '../../actions/index.ts'
import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { manifestName } from '../../bundle/manifest.ts'
import { requireMember } from '../../bundle/members.ts'
import { archivePath, type PayloadFile, programs } from '../../bundle/payload.ts'
import type { Access } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'

/** Something that must be true on the node, and the action that makes it true. */
export type DesiredStep = {
  [K in ActionKind]: {
    id: string
    kind: K
    spec: SpecOf<K>
    /** Also needed when one of these steps is: a unit keeps running what it was started with. */
    because?: readonly string[]
    /** Prepares for this later step, and is needed only when that one is. */
    ahead?: string
  }
}[ActionKind]

const root = { uid: 0, gid: 0 }
export const readable: Access = { mode: 0o755, ...root }

/** A text that everyone can read, and of which an edit of the user's is kept. */
export const textStep = (path: string, text: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: { text },
    sha256: createHash('sha256').update(text).digest('hex'),
    ours: false,
    mode: 0o644,
    ...root,
  },
})

/** Steps of every bundle, and makers of those that depend on its contents. */
export interface StepMakers {
  /** Install a file of the bundle. Throws EdgekitError when the bundle does not have it. */
  place: (file: PayloadFile) => DesiredStep
  folder: (path: string, access: Access, options?: { shared: true }) => DesiredStep
  /** Reload a unit that systemd has loaded when one of these files was written. */
  reload: (unit: string, because: string[]) => DesiredStep[]
  /** Start a unit, or restart it when one of these has changed. */
  start: (unit: string, because: string[], options?: { mayFail: boolean }) => DesiredStep
  atBoot: (units: readonly string[]) => DesiredStep[]
  /** edgekit itself, for when the unpacked bundle is gone. */
  edgekit: () => DesiredStep[]
  /** Keep and import the archives of all images. */
  images: () => DesiredStep[]
  /** Last: from now on this bundle is installed. */
  installedManifest: () => DesiredStep
}

const enabling = (unit: string): string => `enable ${unit}`

/** `newUnits`: those systemd does not know yet. */
export function stepMakers(bundle: UnpackedBundle, newUnits: readonly string[] = []): StepMakers {
  const { directory, manifest } = bundle
  const unitSpec = (unit: string) => ({ unit, ...(newUnits.includes(unit) && { isNew: true as const }) })
  const place: StepMakers['place'] = ({ member, path, mode }) => {
    const { sha256 } = requireMember(manifest, member)
    return {
      id: path,
      kind: 'file',
      spec: {
        path,
        source: join(directory, member),
        sha256,
        ours: /^\/(opt|var\/lib)\/edgekit\//.test(path),
        mode,
        ...root,
      },
    }
  }
  return {
    place,
    folder: (path, access, options) => ({
      id: path,
      kind: 'directory',
      spec: { path, ours: /^\/(etc|opt|var\/lib)\/edgekit(\/|$)/.test(path), ...access, ...options },
    }),
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
      place(programs.edgekit),
      { id: paths.programLink, kind: 'link', spec: { path: paths.programLink, target: paths.program } },
    ],
    images: () =>
      manifest.images.flatMap(({ reference, digest, platform, archive: member }): DesiredStep[] => {
        const archive = archivePath(member)
        return [
          place({ member, path: archive, mode: 0o644 }),
          { id: reference, kind: 'image', spec: { reference, digest, platform, archive } },
        ]
      }),
    installedManifest: () => ({
      id: paths.installedManifest,
      kind: 'file',
      spec: {
        path: paths.installedManifest,
        source: join(directory, manifestName),
        sha256: bundle.manifestSha256,
        ours: true,
        mode: 0o644,
        ...root,
      },
    }),
  }
}
