// What it costs to make a bundle and to look at one. Takes about 10 GB of disk for some minutes.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { edgekitExecutable } from '../lab/bundles/executable.ts'
import { smallDefinition } from '../lab/bundles/small-bundle.ts'
import { standInEdgecore } from '../lab/edgecore/index.ts'
import { installationPackage } from '../lab/registry/images.ts'
import { pushImage, startRegistry } from '../lab/registry/registry.ts'
import { formatBytes } from '../src/lib/format.ts'
import { hostArch } from '../tools/node-runtime.ts'
import { requireOnHost } from '../tools/require-on-host.ts'
import { compare, median } from './lib/pairs.ts'
import { pulls } from './lib/pulls.ts'
import { writeRandomImage } from './lib/random-image.ts'
import type { Row } from './lib/rows.ts'

const kubeedge = 'v1.22.0'
const arch = hostArch()
const small = 200_000_000
const large = 2_000_000_000
/** Peak memory that edgekit may take, whatever the size of a bundle. */
const mostMemory = 256_000_000

interface Used {
  seconds: number
  /** Seconds of the processor. */
  processor: number
  /** Peak resident memory in bytes. */
  memory: number
}

async function measured(file: string, args: readonly string[]): Promise<Used> {
  const started = performance.now()
  const { stderr } = await execa('/usr/bin/time', ['-f', '%M %U %S', file, ...args])
  const seconds = (performance.now() - started) / 1000
  const [kilobytes = 0, user = 0, system = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  return { seconds, processor: user + system, memory: kilobytes * 1024 }
}

/** Make a bundle whose image is `size` bytes of noise several times, and in turn tar | gzip -6 of what it unpacks to. */
async function makeBundles(edgekit: string, directory: string, size: number, times: number) {
  const registry = await startRegistry()
  const [cache, tree] = [join(directory, 'cache'), join(directory, 'tree')]
  const pairs: { ours: Used; gzip: Used; gzipSize: number }[] = []
  try {
    const layout = await writeRandomImage(directory, `linux/${arch}`, size)
    const programs = await installationPackage(await standInEdgecore(), kubeedge)
    await pushImage(registry.url, 'library/eclipse-mosquitto', '2.0', layout)
    await pushImage(registry.url, 'kubeedge/installation-package', kubeedge, programs)
    await rm(layout, { recursive: true })
    const output = join(directory, String(size))
    const definition = join(directory, 'bench.yaml')
    await writeFile(definition, smallDefinition)
    const what = ['-f', definition, '--arch', arch, '-o', output]
    const from = ['--cache', cache, '--registry-mirror', `docker.io=${registry.url}`]
    const path = join(output, `kubeedge-edge-${kubeedge}-${arch}.tar.gz`)
    for (let time = 0; time < times; time++) {
      const ours = await measured(edgekit, ['bundle', ...what, ...from])
      await rm(cache, { recursive: true })
      if (time === 0) {
        await mkdir(tree)
        await execa('tar', ['xzf', path, '-C', tree])
      }
      const packed = join(directory, 'gzip.size')
      const script = 'tar cf - -C "$1" . | gzip -6 | wc -c >"$2"'
      const gzip = await measured('sh', ['-c', script, 'sh', tree, packed])
      pairs.push({ ours, gzip, gzipSize: Number(await readFile(packed, 'utf8')) })
    }
    return { path, size: (await stat(path)).size, pairs }
  } finally {
    await registry.stop()
    await rm(tree, { recursive: true, force: true })
  }
}

type Made = Awaited<ReturnType<typeof makeBundles>>

function againstGzip(name: string, { size, pairs }: Made): Row[] {
  const row = (what: string, of: (used: Used) => number, budget?: number): Row => ({
    what,
    ours: `${median(pairs.map(({ ours }) => of(ours))).toFixed(1)} s`,
    reference: `${median(pairs.map(({ gzip }) => of(gzip))).toFixed(1)} s`,
    ratio: median(pairs.map(({ ours, gzip }) => of(ours) / of(gzip))),
    ...(budget !== undefined && { budget }),
  })
  const gzipSize = pairs[0]?.gzipSize ?? Number.NaN
  return [
    {
      what: `size of a ${name} bundle, against tar | gzip -6`,
      ours: formatBytes(size),
      reference: formatBytes(gzipSize),
      ratio: size / gzipSize,
      budget: 1.02,
    },
    row('time to pull and make it, against tar | gzip -6', used => used.seconds, 0.3),
    row('processor time for that', used => used.processor),
  ]
}

const peak = ({ pairs }: Made): number => Math.max(...pairs.map(({ ours }) => ours.memory))

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
    const one = await makeBundles(edgekit, directory, small, 5)
    const two = await makeBundles(edgekit, directory, large, 1)
    const verified = await measured(edgekit, ['verify', two.path])
    const run = (...args: string[]) => {
      execFileSync(edgekit, args, { stdio: 'ignore' })
    }
    const inspect = await compare(
      () => run('inspect', two.path),
      () => run('--version'),
    )
    return [
      ...againstGzip('200 MB', one),
      ...againstGzip('2 GB', two),
      memoryRow('peak memory, making the 200 MB one', peak(one)),
      memoryRow('peak memory, making the 2 GB one', peak(two)),
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
