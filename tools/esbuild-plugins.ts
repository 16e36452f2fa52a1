import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Make the CommonJS that tsc writes load a module when it is first used instead of at start-up. For packages that
 * load much more than a run needs.
 */
export function lazyRequiresPlugin(files: RegExp): Plugin {
  return {
    name: 'lazy-requires',
    setup(build) {
      build.onLoad({ filter: files }, async ({ path }) => ({
        contents: lazyRequires(await readFile(path, 'utf8')),
        loader: 'js',
      }))
    },
  }
}

/** `const name_1 = require("name")`, with or without tsc's interop helper around it. */
const imported = /^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm
/** `exports.Name = __importStar(require("name"))` */
const reexported = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

export function lazyRequires(source: string): string {
  const found = [...source.matchAll(imported)] as unknown as [string, string, string][]
  // Hoisted, so they can stand at the end and leave "use strict" first.
  const loaders = found.map(([, name, load]) => `var ${name}$;function ${name}(){return ${name}$??=${load}}`)
  const uses = new RegExp(`\\b(?:${found.map(([, name]) => name).join('|')})\\b`, 'g')
  const rest = source
    .replace(imported, '')
    .replace(found.length > 0 ? uses : /$^/, '($&())') // In parentheses because of `new name_1.Class()`.
    .replace(reexported, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });')
  return [rest, ...loaders].join('\n')
}

/** Put `contents` in the place of a package. */
export function replacePlugin(name: string, contents: string): Plugin {
  return {
    name: `replace ${name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'replaced' }))
      build.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'replaced' }, () => ({
        contents,
        loader: 'js',
      }))
    },
  }
}

/** Put `instead` in the place of `code` in one file. The build fails when that is not in it: then the package is another. */
export function editPlugin(file: RegExp, code: string, instead: string): Plugin {
  return {
    name: `edit ${file.source}`,
    setup(build) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const source = await readFile(path, 'utf8')
        if (!source.includes(code)) throw new Error(`${path} has no ${code} any more`)
        return { contents: source.replace(code, instead), loader: 'js' }
      })
    },
  }
}

/** Load a module of Node.js when something of it is first used, not when the one that imports it is loaded. */
export function lazyBuiltinPlugin(name: string): Plugin {
  return {
    name: `lazy ${name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ namespace }) =>
        namespace === 'lazy' ? { path: name, external: true } : { path: name, namespace: 'lazy' },
      )
      build.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'lazy' }, async () => {
        const names = Object.keys((await import(name)) as object).filter(key => key !== 'default')
        const getters = names.map(key => `get ${key}() { return require("${name}").${key} }`)
        return { contents: `module.exports = { ${getters.join(', ')} }`, loader: 'js' }
      })
    },
  }
}
