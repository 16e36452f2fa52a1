import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { $ } from 'zx'
import { executablePartsAsset, listExecutableParts, packageDirectories } from './executable-parts.ts'
import { type Arch, hostArch, nodeRuntime } from './node-runtime.ts'
import { collectNotices, noticesAsset } from './notices.ts'
import { type HostNeeds, requireOnHost } from './require-on-host.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface SeaOptions {
  /** TypeScript or JavaScript file to start with. */
  entry: string
  arch: Arch
  /** Path of the executable to write. */
  output: string
  /** Files for `getAsset(name)` of node:sea: name -> path. */
  assets?: Record<string, string>
  /** Worker threads, each bundled into an asset: name -> TypeScript file. */
  threads?: Record<string, string>
  /** `define` of esbuild. */
  define?: Record<string, string>
  plugins?: Plugin[]
  /** Node.js options of the executable. */
  execArgv?: string[]
}

/** What a build records about its executable, by the name of the asset. */
type ExecutableRecords = Record<string, object>

/** Node.js runs the injected program when the bit after this string is set. https://nodejs.org/api/single-executable-applications.html */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** GNU names of each architecture, for cross-building. */
const gnu = {
  amd64: {
    machine: 'x86_64',
    triplet: 'x86_64-linux-gnu',
    debian: 'amd64',
    binutils: 'binutils-x86-64-linux-gnu',
  },
  arm64: {
    machine: 'aarch64',
    triplet: 'aarch64-linux-gnu',
    debian: 'arm64',
    binutils: 'binutils-aarch64-linux-gnu',
  },
} as const

/**
 * Build a self-contained executable from a program and the pinned Node.js. Reproducible. Returns what it carries as assets
 * about itself.
 */
export async function buildSea(options: SeaOptions): Promise<ExecutableRecords> {
  const tools = toolsFor(options.arch)
  await requireOnHost(`building for ${options.arch}`, tools.needs)
  const output = resolve(options.output)
  await mkdir(dirname(output), { recursive: true })
  const work = await mkdtemp(`${output}.`)
  try {
    const metafiles = [await bundle(options, join(work, 'main.cjs'))]
    const runtime = await nodeRuntime(options.arch)
    const assets = { ...options.assets }
    for (const [name, entry] of Object.entries(options.threads ?? {})) {
      assets[name] = join(work, basename(name))
      metafiles.push(await bundle({ entry }, assets[name]))
    }
    const directories = packageDirectories(metafiles)
    const records: ExecutableRecords = {
      [executablePartsAsset]: await listExecutableParts(directories, options.arch, root),
      [noticesAsset]: await collectNotices(directories, options.arch, root),
    }
    for (const [name, record] of Object.entries(records)) {
      assets[name] = join(work, basename(name))
      await writeFile(assets[name], JSON.stringify(record))
    }
    const run = [...tools.run, runtime]
    const blob = await makeBlob(run, work, assets, options.execArgv ?? [])
    const executable = join(work, 'executable')
    await copyFile(runtime, executable)
    // Strip first: an executable stripped after the injection crashes.
    const local = { quiet: true, preferLocal: root }
    await $(local)`${tools.strip} --strip-unneeded ${executable}`
    await $(local)`postject ${executable} NODE_SEA_BLOB ${blob} --sentinel-fuse ${fuse}`
    await chmod(executable, 0o755)
    await rename(executable, output)
    return records
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Bundle into one CommonJS file, the format Node.js 24 can start from inside an executable. */
async function bundle(
  { entry, define = {}, plugins = [] }: Pick<SeaOptions, 'entry' | 'define' | 'plugins'>,
  outfile: string,
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'ascii',
    logLevel: 'warning',
    metafile: true,
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    // Code that runs inside the executable does not use import.meta.url.
    logOverride: { 'empty-import-meta': 'silent' },
    plugins,
  })
  return metafile
}

/** Without a fixed seed, the code cache differs from run to run. */
const fixedSeed = '--random-seed=1'

/** Create the blob with program, code cache and assets. */
async function makeBlob(
  run: readonly string[],
  work: string,
  assets: Record<string, string>,
  execArgv: readonly string[],
): Promise<string> {
  const config = {
    main: 'main.cjs',
    output: 'program.blob',
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    execArgv,
    execArgvExtension: 'none',
    assets: Object.fromEntries(
      Object.entries(assets)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, path]) => [name, resolve(path)]),
    ),
  }
  await writeFile(join(work, 'sea.json'), JSON.stringify(config))
  // The blob records the path of `main`, so it is relative to `work`. Nothing of the environment may influence the result.
  const sh = $({ quiet: true, cwd: work, env: { PATH: process.env['PATH'] } })
  await sh`${run} ${fixedSeed} --experimental-sea-config sea.json`
  return join(work, 'program.blob')
}

/** Command line prefix that runs an executable of `arch` on this machine: nothing, or an emulator. */
export const runnerOf = (arch: Arch): readonly string[] => toolsFor(arch).run

interface Tools {
  needs: HostNeeds
  strip: string
  run: readonly string[]
}

function toolsFor(arch: Arch): Tools {
  if (arch === hostArch()) return { needs: { strip: 'binutils' }, strip: 'strip', run: [] }
  const { machine, triplet, debian, binutils } = gnu[arch]
  const [strip, emulator, sysroot] = [`${triplet}-strip`, `qemu-${machine}-static`, `/usr/${triplet}`]
  return {
    needs: {
      [strip]: binutils,
      [emulator]: 'qemu-user-static',
      [`${sysroot}/lib/libc.so.6`]: `libc6-${debian}-cross`,
      [`${sysroot}/lib/libgcc_s.so.1`]: `libgcc-s1-${debian}-cross`,
      [`${sysroot}/lib/libstdc++.so.6`]: `libstdc++6-${debian}-cross`,
    },
    strip,
    run: [emulator, '-L', sysroot],
  }
}
