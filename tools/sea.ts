import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { execa } from 'execa'
import type { ExecutableParts } from '../src/build/pack/executable-parts.ts'
import { executablePartsAsset, listExecutableParts } from './executable-parts.ts'
import { type Arch, hostArch, nodeRuntime } from './node-runtime.ts'
import { type HostNeeds, requireOnHost } from './require-on-host.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface SeaOptions {
  /** The TypeScript or JavaScript file the executable starts with. */
  entry: string
  arch: Arch
  /** The executable to write. */
  output: string
  /** Files readable with `getAsset(name)` of node:sea: name -> path. */
  assets?: Record<string, string>
  /** Programs for threads, each an asset under the name given here: name -> TypeScript file. */
  threads?: Record<string, string>
  /** Identifiers replaced by constant expressions, as esbuild's `define`. */
  define?: Record<string, string>
  plugins?: Plugin[]
  /** Options of Node.js that the executable always runs with. */
  execArgv?: string[]
}

/** Node.js looks for this string and runs the injected program when the bit after it is set. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** GNU names of each architecture, for the tools that work on a foreign one. */
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
 * Make one self-contained executable of a program and the pinned Node.js. The same inputs give the same bytes. Returns
 * what it is made of, which the executable also carries as an asset.
 */
export async function buildSea(options: SeaOptions): Promise<ExecutableParts> {
  const tools = toolsFor(options.arch)
  await requireOnHost(`building for ${options.arch}`, tools.needs)
  const output = resolve(options.output)
  await mkdir(dirname(output), { recursive: true })
  const work = await mkdtemp(`${output}.`)
  try {
    const metafile = await bundle(options, join(work, 'main.cjs'))
    const runtime = await nodeRuntime(options.arch)
    const parts = await listExecutableParts(metafile, options.arch, root)
    await writeFile(join(work, 'parts.json'), JSON.stringify(parts))
    const assets: Record<string, string> = {
      ...options.assets,
      [executablePartsAsset]: join(work, 'parts.json'),
    }
    for (const [name, entry] of Object.entries(options.threads ?? {})) {
      assets[name] = join(work, basename(name))
      await bundle({ entry }, assets[name])
    }
    const run = [...tools.run, runtime]
    const blob = await makeBlob(run, work, assets, options.execArgv ?? [])
    const executable = join(work, 'executable')
    await copyFile(runtime, executable)
    // Strip before the blob is there: stripping it afterwards makes an executable that crashes.
    await execa(tools.strip, ['--strip-unneeded', executable])
    await execa('postject', [executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse], {
      preferLocal: true,
      localDir: root,
    })
    await chmod(executable, 0o755)
    await rename(executable, output)
    return parts
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** One CommonJS file: what Node.js 24 can start from inside an executable. */
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
    // There is no file beside the executable that import.meta.url could lead to.
    logOverride: { 'empty-import-meta': 'silent' },
    plugins,
  })
  return metafile
}

/** Without a fixed seed, the code cache differs from run to run. */
const fixedSeed = '--random-seed=1'

/** Run the Node.js of the executable in `work`, with nothing of this machine that could make a difference. */
async function runInside(work: string, [program, ...args]: readonly string[]): Promise<void> {
  await execa(program as string, args, {
    cwd: work,
    extendEnv: false,
    env: { PATH: process.env['PATH'] },
    stdin: 'ignore',
    stdout: 'ignore',
  })
}

/** The blob that carries program, code cache and assets. */
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
  // The blob records the path of `main`, so it is given relative to `work`.
  await runInside(work, [...run, fixedSeed, '--experimental-sea-config', 'sea.json'])
  return join(work, 'program.blob')
}

/** What goes before an executable of `arch` on the command line of this machine: nothing, or an emulator. */
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
