import type { Stats } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Containerd, ContainerdImage } from '../../../src/node/containerd/containerd.ts'
import type {
  ContainerdContainer,
  Lease,
  Snapshot,
  Task,
} from '../../../src/node/containerd/containerd-api.ts'
import type { ImageDamage } from '../../../src/node/containerd/image-damage.ts'
import { type Access, type Files, localFiles } from '../../../src/node/files.ts'
import type { Node } from '../../../src/node/node.ts'
import type { Systemd, UnitState } from '../../../src/node/systemd.ts'

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

/** Real files below one directory; files of root belong to the user who runs the tests. */
function filesBelow(root: string): Files {
  const real = localFiles()
  const at = (path: string): string => join(root, path)
  const toDisk = ({ mode, uid, gid }: Access): Access => ({ mode, uid: uid || own.uid, gid: gid || own.gid })
  return {
    read: path => real.read(at(path)),
    bytes: path => real.bytes(at(path)),
    parts: path => real.parts(at(path)),
    head: (path, bytes) => real.head(at(path), bytes),
    tail: (path, bytes) => real.tail(at(path), bytes),
    async status(path) {
      const found = await real.status(at(path))
      if (!found) return undefined
      return {
        ...found,
        uid: found.uid === own.uid ? 0 : found.uid,
        gid: found.gid === own.gid ? 0 : found.gid,
      }
    },
    append: (path, text, options) => real.append(at(path), text, options),
    clean: path => real.clean(at(path)),
    modified: path => real.modified(at(path)),
    list: path => real.list(at(path)),
    linkTarget: path => real.linkTarget(at(path)),
    sha256: path => real.sha256(at(path)),
    crc32: path => real.crc32(at(path)),
    fingerprint: wanted => real.fingerprint(wanted.map(at)),
    rememberHash: (path, sha256) => real.rememberHash(at(path), sha256),
    write: (path, content, access) =>
      real.write(
        at(path),
        'copyOf' in content ? { ...content, copyOf: at(content.copyOf) } : content,
        toDisk(access),
      ),
    rename: (path, to) => real.rename(at(path), at(to)),
    link: (path, target) => real.link(at(path), target),
    makeDirectory: (path, access) => real.makeDirectory(at(path), toDisk(access)),
    setAccess: (path, access) => real.setAccess(at(path), toDisk(access)),
    remove: path => real.remove(at(path)),
    removeTree: path => real.removeTree(at(path)),
  }
}

const stopped: UnitState = {
  name: '',
  load: 'loaded',
  active: 'inactive',
  sub: 'dead',
  enabled: 'disabled',
  result: 'success',
  fragmentPath: '',
  dropIns: [],
  needsReload: false,
  restarts: 0,
  activeForMs: undefined,
  execStart: '',
  mainPid: 0,
  startedInMs: undefined,
  after: [],
  wants: [],
  killMode: 'control-group',
  exit: undefined,
  standardError: 'journal',
}

/** A node whose disk is a real directory and whose systemd and containerd are simulated. */
export interface TinyNode extends Node {
  /** Calls to systemd and containerd, in order. */
  calls: string[]
  /** Failing calls, such as `restart x.service`, with their error messages. */
  broken: Map<string, string>
  units: Map<string, UnitState>
  images: ContainerdImage[]
  leases: Lease[]
  containers: ContainerdContainer[]
  tasks: Task[]
  snapshots: Snapshot[]
  /** Digests in the content store. */
  content: string[]
  /** What is damaged, by the digest of the image; removing it repairs the image. */
  damage: Map<string, ImageDamage>
  /** Images an archive contains, by the text of the archive. */
  archives: Map<string, ContainerdImage[]>
  setUnit(name: string, changes: Partial<UnitState>): void
  put(path: string, text: string, mode?: number): Promise<void>
  stat(path: string): Promise<Stats>
  setModified(path: string, at: Date): Promise<void>
  /** Every path on the disk with content and mode, including temporary files. */
  disk(): Promise<Record<string, string>>
}

const noNeed = (): never => {
  throw new Error('not part of the tiny node')
}

export async function tinyNode(): Promise<TinyNode> {
  const root = await mkdtemp(join(tmpdir(), 'edgekit-node-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const calls: string[] = []
  const broken = new Map<string, string>()
  const units = new Map<string, UnitState>()
  const archives = new Map<string, ContainerdImage[]>()
  const call = async (...words: string[]): Promise<void> => {
    calls.push(words.join(' '))
    const failure = broken.get(words.join(' '))
    if (failure) throw new Error(failure)
  }
  const setUnit = (name: string, changes: Partial<UnitState>): void =>
    void units.set(name, { ...(units.get(name) ?? { ...stopped, name }), ...changes })

  const systemd: Systemd = {
    isInit: async () => true,
    unit: async name => units.get(name) ?? { ...stopped, name, load: 'not-found', enabled: '' },
    units: names => Promise.all(names.map(name => systemd.unit(name))),
    isEnabled: async name => units.get(name)?.enabled === 'enabled',
    async reload() {
      await call('reload')
      for (const name of units.keys()) setUnit(name, { needsReload: false })
    },
    enable: async name => call('enable', name).then(() => setUnit(name, { enabled: 'enabled' })),
    disable: async name => call('disable', name).then(() => setUnit(name, { enabled: 'disabled' })),
    start: async name => call('start', name).then(() => setUnit(name, { active: 'active' })),
    restart: async name => call('restart', name).then(() => setUnit(name, { active: 'active' })),
    stop: async name => call('stop', name).then(() => setUnit(name, { active: 'inactive' })),
  }
  const containerd: Containerd = {
    socket: async () => '/run/containerd/containerd.sock',
    answers: async () => true,
    state: async () => 'answers',
    version: async () => '1.6.20',
    images: async () => node.images,
    imageNames: async () => node.images,
    isWhole: async ({ reference }) =>
      node.images.some(image => image.reference === reference && image.complete && image.unpacked),
    tasks: async () => node.tasks,
    containers: async () => node.containers,
    plugins: noNeed,
    snapshots: async () => node.snapshots,
    ctrFlags: noNeed,
    config: noNeed,
    runcVersion: noNeed,
    damagedUuid: noNeed,
    fingerprint: async digest => `fingerprint of ${digest}`,
    async damage(digest, { among } = {}) {
      const { content, snapshots } = node.damage.get(digest) ?? { content: [], snapshots: [] }
      return { content, snapshots: snapshots.filter(({ name }) => among?.has(name) ?? true) }
    },
    content: async () => node.content,
    async removeSnapshot(key) {
      await call('snapshot rm', key)
      for (const { snapshots } of node.damage.values())
        snapshots.splice(0, Infinity, ...snapshots.filter(({ name }) => name !== key))
    },
    async removeContent(digest) {
      await call('content rm', digest)
      for (const { content } of node.damage.values())
        content.splice(0, Infinity, ...content.filter(name => name !== digest))
    },
    collectGarbage: () => call('collect'),
    flush: async () => {},
    async importImage(archive, platform) {
      await call('import', archive, platform)
      const brought = archives.get((await node.files.read(archive)) ?? 'no such archive') ?? []
      const names = brought.map(({ reference }) => reference)
      node.images = [...node.images.filter(({ reference }) => !names.includes(reference)), ...brought]
    },
    async labelImage(reference, label, value) {
      await call('label', reference, `${label}=${value}`)
      node.images = node.images.map(image =>
        image.reference === reference ? { ...image, pinned: value !== '' } : image,
      )
    },
    async removeImage(reference) {
      await call('rm', reference)
      node.images = node.images.filter(image => image.reference !== reference)
    },
    runContainer: ({ id, image }) => call('run container', id, image),
    containerOutput: ({ id }) => call('run container', id).then(() => ''),
    removeContainer: id => call('container rm', id),
    signalContainer: (id, signal) => call('signal', id, signal),
    leases: async () => node.leases,
    async removeLease(id) {
      node.leases = node.leases.filter(lease => lease.id !== id)
    },
  }
  const node: TinyNode = {
    machine: noNeed,
    processes: {
      run: noNeed,
      attempt: file => call('run', file).then(() => ({ exitCode: 0, stdout: '', stderr: '' })),
    },
    lock: { descriptor: undefined, take: async () => true, heldBy: () => [], holder: () => undefined },
    network: {
      connections: noNeed,
      listeners: noNeed,
      listeningUsers: noNeed,
      defaultRoutes: noNeed,
      addresses: noNeed,
      get: noNeed,
      getUnverified: noNeed,
    },
    storage: { fileSystem: noNeed },
    sqlite: { query: noNeed },
    journal: { lines: async () => [{ time: 0, pid: 1, text: 'Address already in use' }] },
    files: filesBelow(root),
    systemd,
    containerd,
    calls,
    broken,
    units,
    images: [],
    leases: [],
    containers: [],
    tasks: [],
    snapshots: [],
    content: [],
    damage: new Map(),
    archives,
    setUnit,
    async put(path, text, mode = 0o644) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
      await chmod(join(root, path), mode)
    },
    stat: path => stat(join(root, path)),
    setModified: (path, at) => utimes(join(root, path), at, at),
    async disk() {
      const found: Record<string, string> = {}
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        const what = entry.isFile()
          ? await readFile(path, 'utf8')
          : entry.isDirectory()
            ? 'directory'
            : 'link'
        const mode = entry.isSymbolicLink() ? '' : ` ${((await stat(path)).mode & 0o7777).toString(8)}`
        found[path.slice(root.length)] = `${what}${mode}`
      }
      return found
    },
  }
  return node
}
