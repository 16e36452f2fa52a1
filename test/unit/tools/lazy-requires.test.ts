import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { lazyRequires, lazyRequiresPlugin } from '../../../tools/esbuild-plugins.ts'

/** Run CommonJS source and record what it requires in `loaded`. */
function run(source: string, modules: Record<string, unknown>) {
  const loaded: string[] = []
  const require = (name: string): unknown => {
    loaded.push(name)
    return modules[name]
  }
  const exports: Record<string, unknown> = {}
  compileFunction(source, ['require', 'exports'])(require, exports)
  return { loaded, exports }
}

const source = `"use strict";
var __importDefault = (mod) => (mod && mod.__esModule) ? mod : { "default": mod };
var __importStar = (mod) => mod;
const node_os_1 = require("node:os");
const ansis_1 = __importDefault(require("ansis"));
var config_1 = require("./config");
Object.defineProperty(exports, "Config", { enumerable: true, get: function () { return config_1.Config; } });
exports.Flags = __importStar(require("./flags"));
exports.sloppy = (function () { return this !== undefined; })();
exports.platform = () => (0, node_os_1.platform)();
exports.bold = (text) => ansis_1.default.bold(text);
exports.make = () => new config_1.Config("made");
`

class Config {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const modules = {
  'node:os': { platform: () => 'linux' },
  ansis: { bold: (text: string) => `*${text}*` },
  './config': { __esModule: true, Config },
  './flags': { boolean: 1 },
}

test('loads a module once, on first use', () => {
  const { loaded, exports } = run(lazyRequires(source).contents, modules)
  expect(loaded).toEqual([])
  expect((exports['platform'] as () => string)()).toBe('linux')
  expect((exports['platform'] as () => string)()).toBe('linux')
  expect(loaded).toEqual(['node:os'])
})

test('keeps the exports', () => {
  const lazy = run(lazyRequires(source).contents, modules).exports
  const eager = run(source, modules).exports
  expect(Object.keys(lazy)).toEqual(expect.arrayContaining(Object.keys(eager)))
  expect(lazy['Config']).toBe(Config)
  expect(lazy['Flags']).toEqual({ boolean: 1 })
  expect((lazy['bold'] as (text: string) => string)('x')).toBe('*x*')
  expect((lazy['make'] as () => Config)()).toEqual(new Config('made'))
})

test('keeps strict mode', () => {
  expect(run(lazyRequires(source).contents, modules).exports['sloppy']).toBe(false)
})

test('leaves a source without require unchanged', () => {
  expect(lazyRequires('exports.a = 1;\n')).toEqual({ contents: 'exports.a = 1;\n', count: 0 })
})

test('counts what it deferred', () => {
  expect(lazyRequires(source).count).toBe(4)
})

test('a build in which nothing can be deferred fails', async () => {
  const entry = fileURLToPath(new URL('../../fixtures/tools/answer.js', import.meta.url))
  const plugins = [lazyRequiresPlugin(/answer\.js$/)]
  const built = build({ entryPoints: [entry], plugins, write: false, logLevel: 'silent' })
  await expect(built).rejects.toThrow('no require to defer in /answer')
})
