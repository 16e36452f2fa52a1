import { compileFunction } from 'node:vm'
import { expect, test } from 'vitest'
import { lazyRequires } from '../../../tools/esbuild-plugins.ts'

/** Run CommonJS source; what it requires is recorded in `loaded`. */
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

test('a module is loaded when it is first used, and once', () => {
  const { loaded, exports } = run(lazyRequires(source), modules)
  expect(loaded).toEqual([])
  expect((exports['platform'] as () => string)()).toBe('linux')
  expect((exports['platform'] as () => string)()).toBe('linux')
  expect(loaded).toEqual(['node:os'])
})

test('what is exported stays the same', () => {
  const lazy = run(lazyRequires(source), modules).exports
  const eager = run(source, modules).exports
  expect(Object.keys(lazy)).toEqual(expect.arrayContaining(Object.keys(eager)))
  expect(lazy['Config']).toBe(Config)
  expect(lazy['Flags']).toEqual({ boolean: 1 })
  expect((lazy['bold'] as (text: string) => string)('x')).toBe('*x*')
  expect((lazy['make'] as () => Config)()).toEqual(new Config('made'))
})

test('strict code stays strict', () => {
  expect(run(lazyRequires(source), modules).exports['sloppy']).toBe(false)
})

test('source that requires nothing is left alone', () => {
  expect(lazyRequires('exports.a = 1;\n').trim()).toBe('exports.a = 1;')
})
