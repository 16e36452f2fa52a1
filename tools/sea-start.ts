// What each executable starts with: its program, in the form that V8 has made of it beforehand.
import { getRawAsset } from 'node:sea'
import { loadProgram } from './sea-program.ts'

const [source, cache] = ['main.cjs', 'main.cache'].map(name => Buffer.from(getRawAsset(name))) as [
  Buffer,
  Buffer,
]
const { program, rejected } = loadProgram(source, cache)
if (rejected) process.emitWarning('what V8 has made of the program beforehand is for another Node.js')
program(exports, require, module, __filename, __dirname)
