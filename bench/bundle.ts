// What it costs to make a bundle and to look at one. Takes about 10 GB of disk for some minutes.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { formatBytes } from '../src/format.ts'
import { standInEdgecore } from '../test/lab/edgecore/index.ts'
import { edgekitExecutable } from '../test/lab/executable.ts'
import { installationPackage } from '../test/lab/images.ts'
import { pushImage, startRegistry } from '../test/lab/registry.ts'
import { smallDefinition } from '../test/lab/small-bundle.ts'
import { requireOnHost } from '../tools/host.ts'
import { hostArch } from '../tools/runtime.ts'
import { compare } from './lib/pairs.ts'
import { pulls } from './lib/pulls.ts'
import { writeRandomImage } from './lib/random-image.ts'
import type { Row } from './lib/rows.ts'

const kubeedge = 'v1.22.0'
const arch = hostArch()
const small = 200_000_000
const large = 2_000_000_000
/** Peak memory that edgekit may take, whatever the size of a bundle. */
const mostMemory = 150_000_000

interface Made {
  path: string
  /** Bytes of the file. */
  size: number
  seconds: number
  /** Peak resident memory in bytes. */
  memory: number
}

/** Run a program; its peak resident memory in bytes, and how long it took. */
async function measured(file: string, args: readonly string[]): Promise<{ memory: number; seconds: number }> {
  const started = performance.now()
  const { stderr } = await execa('/usr/bin/time', ['-f', '%M', file, ...args])
  return {
    memory: Number(stderr.trim().split('\n').at(-1)) * 1024,
    seconds: (performance.now() - started) / 1000,
  }
}

/** A bundle whose image is `size` bytes of noise, made by the shipped executable from a registry on loopback. */
async function makeBundle(edgekit: string, directory: string, size: number): Promise<Made> {
  const registry = await startRegistry()
  try {
    const layout = await writeRandomImage(directory, `linux/${arch}`, size)
    const programs = await installationPackage(await standInEdgecore(), kubeedge)
    await pushImage(registry.url, 'library/eclipse-mosquitto', '2.0', layout)
    await pushImage(registry.url, 'kubeedge/installation-package', kubeedge, programs)
    await rm(layout, { recursive: true })
    const output = join(directory, String(size))
    const definition = join(directory, 'bench.yaml')
    await writeFile(definition, smallDefinition)
    const args = ['bundle', '-f', definition, '--arch', arch, '-o', output]
    const used = await measured(edgekit, [
      ...args,
      '--cache',
      join(directory, 'cache'),
      '--registry-mirror',
      `docker.io=${registry.url}`,
    ])
    const path = join(output, `kubeedge-edge-${kubeedge}-${arch}.tar.gz`)
    return { path, size: (await stat(path)).size, ...used }
  } finally {
    await registry.stop()
  }
}

/** `tar cf - | gzip -6` of what a bundle unpacks to. */
async function tarAndGzip(bundle: string, directory: string): Promise<{ size: number; seconds: number }> {
  const tree = join(directory, 'tree')
  await mkdir(tree)
  await execa('tar', ['xzf', bundle, '-C', tree])
  const started = performance.now()
  const { stdout } = await execa('sh', ['-c', 'tar cf - -C "$1" . | gzip -6 | wc -c', 'sh', tree])
  const seconds = (performance.now() - started) / 1000
  await rm(tree, { recursive: true })
  return { size: Number(stdout), seconds }
}

const againstGzip = (name: string, made: Made, gzip: { size: number; seconds: number }): Row[] => [
  {
    what: `size of a ${name} bundle, against tar | gzip -6`,
    ours: formatBytes(made.size),
    reference: formatBytes(gzip.size),
    ratio: made.size / gzip.size,
    budget: 1.02,
  },
  {
    what: `time to pull and make it, against tar | gzip -6`,
    ours: `${made.seconds.toFixed(1)} s`,
    reference: `${gzip.seconds.toFixed(1)} s`,
    ratio: made.seconds / gzip.seconds,
    budget: 0.3,
  },
]

const memoryRow = (what: string, memory: number): Row => ({
  what,
  ours: formatBytes(memory),
  reference: formatBytes(mostMemory),
  ratio: memory / mostMemory,
  budget: 1,
})

export default async function bundle(): Promise<Row[]> {
  await requireOnHost('this benchmark', {
    '/usr/bin/time': 'time',
    'docker-registry': 'docker-registry',
    skopeo: 'skopeo',
  })
  const edgekit = await edgekitExecutable(arch)
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-bench-'))
  try {
    const one = await makeBundle(edgekit, directory, small)
    const smallRows = againstGzip('200 MB', one, await tarAndGzip(one.path, directory))
    const two = await makeBundle(edgekit, directory, large)
    const largeRows = againstGzip('2 GB', two, await tarAndGzip(two.path, directory))
    const verified = await measured(edgekit, ['verify', two.path])
    const run = (...args: string[]) => {
      execFileSync(edgekit, args, { stdio: 'ignore' })
    }
    const inspect = await compare(
      () => run('inspect', two.path),
      () => run('--version'),
    )
    return [
      ...smallRows,
      ...largeRows,
      memoryRow('peak memory, making the 200 MB one', one.memory),
      memoryRow('peak memory, making the 2 GB one', two.memory),
      memoryRow('peak memory, verifying the 2 GB one', verified.memory),
      {
        what: 'edgekit inspect of the 2 GB one, against --version',
        ours: `${inspect.ours.toFixed(1)} ms`,
        reference: `${inspect.reference.toFixed(1)} ms`,
        ratio: inspect.ratio,
        budget: 1.5,
      },
      ...(await pulls(directory)),
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
