import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Let the CommonJS output of tsc load a module on first use instead of at startup, for packages that load much more than a
 * run needs. The build fails when no file has a `require` to defer: then the package has changed.
 */
export function lazyRequiresPlugin(files: RegExp): Plugin {
  return {
    name: 'lazy-requires',
    setup(build) {
      let deferred = 0
      build.onStart(() => {
        deferred = 0
      })
      build.onLoad({ filter: files }, async ({ path }) => {
        const { contents, count } = lazyRequires(await readFile(path, 'utf8'))
        deferred += count
        return { contents, loader: 'js' }
      })
      build.onEnd(() => (deferred > 0 ? {} : { errors: [{ text: `no require to defer in ${files}` }] }))
    },
  }
}

/** `const name_1 = require("name")`, with or without tsc's interop helper around it. */
const imported = /^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm
/** `exports.Name = __importStar(require("name"))` */
const reexported = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

/** Defer the `require` calls of a module; `count` says how many. */
export function lazyRequires(source: string): { contents: string; count: number } {
  const found = [...source.matchAll(imported)].map(([, name = '', load = '']) => ({ name, load }))
  const reexports = [...source.matchAll(reexported)].length
  // Function declarations are hoisted; at the end they leave "use strict" first.
  const loaders = found.map(({ name, load }) => `var ${name}$;function ${name}(){return ${name}$??=${load}}`)
  const uses = new RegExp(`\\b(?:${found.map(({ name }) => name).join('|')})\\b`, 'g')
  const rest = source
    .replace(imported, '')
    .replace(found.length > 0 ? uses : /$^/, '($&())') // In parentheses because of `new name_1.Class()`.
    .replace(reexported, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });')
  return { contents: [rest, ...loaders].join('\n'), count: found.length + reexports }
}

/** Replace a package by `contents`. */
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
