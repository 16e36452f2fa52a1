import { constants, Script } from 'node:vm'

/** Around a CommonJS program, so that it can be run with a `module` of its own. */
export const wrapper = {
  banner: '(function(exports,require,module,__filename,__dirname){',
  footer: '})',
} as const

type Program = (...context: [unknown, NodeJS.Require, unknown, string, string]) => void

interface Loaded {
  program: Program
  /** What V8 has made of it by now. */
  cache: () => Buffer
  /** The cache given was made by another Node.js. */
  rejected: boolean
}

/** Read a wrapped program, which is ASCII. With a cache V8 need not read it first. */
export function loadProgram(source: Buffer, cachedData?: Buffer): Loaded {
  const script = new Script(source.toString('latin1'), {
    filename: 'main.cjs',
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  return {
    program: script.runInThisContext() as Program,
    cache: () => script.createCachedData(),
    rejected: script.cachedDataRejected ?? false,
  }
}
