import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { chmod, chown, copyFile, mkdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { TarMember } from '../../src/tar/write.ts'
import { cached } from '../cache.ts'
import { sh } from '../shell.ts'
import {
  type Layer,
  type PlatformManifest,
  writeAttestation,
  writeFilesLayer,
  writeIndex,
  writeLayer,
  writeManifest,
} from './oci.ts'

/**
 * Images of the lab's registry, each a directory in OCI image layout. They stand in for the public ones: same names,
 * paths, users and commands, with programs from Debian packages. They run on this machine's platform; for others they
 * only have the right shape.
 */

type Architecture = 'amd64' | 'arm64'
const native: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
const foreign: Architecture = native === 'amd64' ? 'arm64' : 'amd64'
const platforms: Record<Architecture, string> = { amd64: 'linux/amd64', arm64: 'linux/arm64/v8' }

/** The sources of the images; a change rebuilds them. */
async function recipe(): Promise<Buffer[]> {
  const files = ['images.ts', 'oci.ts', '../../src/tar/write.ts']
  return await Promise.all(files.map(file => readFile(join(import.meta.dirname, file))))
}

const image = async (
  name: string,
  inputs: string[],
  build: (layout: string) => Promise<void>,
): Promise<string> => await cached(`image-${name}`, [native, ...inputs, ...(await recipe())], build)

/**
 * `eclipse-mosquitto:2.0` with Debian's mosquitto. Like upstream's, it starts as root, the entry point changes the owner
 * of /mosquitto to the user mosquitto (1883), the broker drops to that user, and the index has other platforms and
 * attestations.
 */
export function brokerImage(): Promise<string> {
  return image('broker', [], async layout => {
    const config = {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['/usr/sbin/mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
      ExposedPorts: { '1883/tcp': {} },
      Volumes: { '/mosquitto/data': {}, '/mosquitto/log': {} },
    }
    const layers = [await baseLayer(layout), await writeTreeLayer(layout, join(await trees(), 'broker'))]
    const works = await writeManifest(layout, platforms[native], layers, config)
    const others = [`linux/386`, platforms[foreign]].map(platform => placeholder(layout, platform, config))
    const images = [works, ...(await Promise.all(others))]
    const attestations = await Promise.all(images.map(subject => writeAttestation(layout, subject)))
    await writeIndex(layout, [...images, ...attestations])
  })
}

/** The pause image: a static program that sleeps. */
export function pauseImage(version: string): Promise<string> {
  return image(`pause-${version}`, [version], async layout => {
    const busybox = join(await trees(), 'base/usr/bin/busybox')
    const config = { Entrypoint: ['/busybox', 'sleep', 'infinity'], Labels: { version } }
    const layer = await writeFilesLayer(layout, [await memberOf('busybox', busybox)])
    const works = await writeManifest(layout, platforms[native], [layer], config)
    await writeIndex(layout, [works, await placeholder(layout, platforms[foreign], config)])
  })
}

/** `kubeedge/installation-package`: the programs of an edge node, at the paths keadm takes them from. */
export async function installationPackage(edgecore: string, version: string): Promise<string> {
  const digest = createHash('sha256')
  await pipeline(createReadStream(edgecore), digest)
  return await image(`installation-package-${version}`, [version, digest.digest('hex')], async layout => {
    // A small program whose output nobody mistakes for the real keadm's.
    const keadm = join(await trees(), 'base/usr/bin/busybox')
    const programs = await writeFilesLayer(layout, [
      await memberOf('usr/local/bin/edgecore', edgecore),
      await memberOf('usr/local/bin/keadm', keadm),
    ])
    const works = await writeManifest(layout, platforms[native], [await baseLayer(layout), programs])
    const header = elfHeader(foreign)
    const foreignPrograms = await writeFilesLayer(
      layout,
      ['edgecore', 'keadm'].map(name => executable(`usr/local/bin/${name}`, header)),
    )
    const shape = await writeManifest(layout, platforms[foreign], [foreignPrograms])
    await writeIndex(layout, [works, shape])
  })
}

/** An image that is only carried and never run, such as those of the cloud side. */
export function emptyImage(name: string): Promise<string> {
  return image(`empty-${name.replaceAll(/\W/g, '-')}`, [name], async layout => {
    const config = { Entrypoint: [`/${name}`] }
    const manifests = Object.values(platforms).map(platform => placeholder(layout, platform, config))
    await writeIndex(layout, await Promise.all(manifests))
  })
}

/** A manifest around a file that names the platform. */
async function placeholder(
  layout: string,
  platform: string,
  config: Record<string, unknown>,
): Promise<PlatformManifest> {
  const source = Buffer.from(`${platform}\n`)
  const layer = await writeFilesLayer(layout, [
    { path: 'platform', mode: 0o644, size: source.length, source },
  ])
  return await writeManifest(layout, platform, [layer], config)
}

const executable = (path: string, source: Buffer): TarMember => ({
  path,
  mode: 0o755,
  size: source.length,
  source,
})

const memberOf = async (path: string, file: string): Promise<TarMember> => ({
  path,
  mode: 0o755,
  size: (await stat(file)).size,
  source: file,
})

/** Only the header of a 64-bit little-endian executable. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
function elfHeader(architecture: Architecture): Buffer {
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(architecture === 'arm64' ? 183 : 62, 18)
  header.writeUInt32LE(1, 20)
  header.writeUInt16LE(64, 52)
  return header
}

/** Programs of a small system; the broker image and the installation package share this layer. */
const baseLayer = async (layout: string): Promise<Layer> =>
  await writeTreeLayer(layout, join(await trees(), 'base'))

async function writeTreeLayer(layout: string, tree: string): Promise<Layer> {
  const options = [
    '--sort=name',
    '--mtime=@0',
    '--numeric-owner',
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
  ]
  const tar = spawn('tar', [...options, '-C', tree, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(tar, 'exit')
  const layer = await writeLayer(layout, tar.stdout)
  const [code] = await exited
  if (code !== 0) throw new Error(`tar ended with ${code}`)
  return layer
}

const programs = {
  base: ['/usr/bin/busybox'],
  broker: [
    '/usr/sbin/mosquitto',
    ...['pub', 'sub', 'rr', 'passwd', 'ctrl'].map(name => `/usr/bin/mosquitto_${name}`),
  ],
}

const applets = [
  'sh',
  'id',
  'chown',
  'chmod',
  'cat',
  'ls',
  'mkdir',
  'rm',
  'ps',
  'kill',
  'sleep',
  'netstat',
  'true',
]

const passwd = 'root:x:0:0:root:/root:/bin/sh\n'
const group = 'root:x:0:\n'

const entrypoint = `#!/bin/sh
set -e
# Started as root: let the broker write to its directories. What is mounted read-only stays as it is.
if [ "$(id -u)" = 0 ] && [ -d /mosquitto ]; then
  chown -R mosquitto:mosquitto /mosquitto || true
fi
exec "$@"
`

const files: Record<keyof typeof programs, Record<string, string>> = {
  base: { '/etc/passwd': passwd, '/etc/group': group },
  broker: {
    '/etc/passwd': `${passwd}mosquitto:x:1883:1883:mosquitto:/var/empty:/sbin/nologin\n`,
    '/etc/group': `${group}mosquitto:x:1883:\n`,
    '/docker-entrypoint.sh': entrypoint,
    '/mosquitto-no-auth.conf': 'listener 1883\nallow_anonymous true\n',
    '/mosquitto/config/mosquitto.conf':
      '# Nothing is set: the broker listens on the loopback interface only.\n',
  },
}

/** A statically linked program of the images. */
export const staticProgram = async (path: string): Promise<string> => join(await trees(), 'base', path)

/** Layer content as directories `base` and `broker`: only the files of Debian packages that the programs need. */
async function trees(): Promise<string> {
  return await cached('image-trees', [native, ...(await recipe())], async directory => {
    const packages = await debianPackages()
    for (const name of ['base', 'broker'] as const) {
      const tree = join(directory, name)
      for (const path of programs[name]) await copyProgram(packages, path, tree)
      for (const [path, text] of Object.entries(files[name])) {
        await mkdir(dirname(join(tree, path)), { recursive: true })
        await writeFile(join(tree, path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 })
      }
    }
    await linkIntoUsr(join(directory, 'base'))
    for (const applet of applets) await symlink('busybox', join(directory, 'base/usr/bin', applet))
    await mkdir(join(directory, 'base/tmp'))
    await chmod(join(directory, 'base/tmp'), 0o1777)
    for (const path of ['', 'config', 'data', 'log']) {
      await mkdir(join(directory, 'broker/mosquitto', path), { recursive: true })
      await chown(join(directory, 'broker/mosquitto', path), 1883, 1883)
    }
    await chown(join(directory, 'broker/mosquitto/config/mosquitto.conf'), 1883, 1883)
  })
}

/** Debian packages, unpacked but not installed. */
function debianPackages(): Promise<string> {
  const names = ['mosquitto', 'mosquitto-clients', 'busybox-static']
  return cached('image-packages', [native, ...names, 'recipe 1'], async directory => {
    const options = [
      `--include=${names.join(',')}`,
      '--aptopt=Acquire::Retries "3"',
      '--dpkgopt=path-exclude=/usr/share/*',
    ]
    await sh`mmdebstrap --quiet --variant=extract ${options} trixie ${directory}`
    await linkIntoUsr(directory)
  })
}

/** Create the links of Debian's merged /usr, which a package script would create. */
async function linkIntoUsr(tree: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(tree, 'usr', name), { recursive: true })
    await symlink(`usr/${name}`, join(tree, name))
  }
}

/** Copy a program with its loader and libraries; busybox has none. */
async function copyProgram(packages: string, path: string, tree: string): Promise<void> {
  for (const file of [path, ...(path.endsWith('/busybox') ? [] : await libraries(packages, path))]) {
    const destination = join(tree, file.replace(/^\/lib/, '/usr/lib'))
    await mkdir(dirname(destination), { recursive: true })
    await copyFile(await realpath(join(packages, file)), destination)
  }
}

async function libraries(packages: string, path: string): Promise<string[]> {
  const loader = native === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2'
  const { stdout } = await sh`chroot ${packages} ${loader} --list ${path}`
  return [loader, ...[...stdout.matchAll(/=> (\/\S+) \(/g)].map(([, file = '']) => file)]
}
