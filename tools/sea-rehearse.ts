// Run by the Node.js that an executable is made for: rehearse.cjs PROGRAM CACHE COMMAND-LINES. V8 reads a function when it is
// first called; what it has read by the end of these command lines is in the cache.
import { readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { loadProgram } from './sea-program.ts'

const [, , path, output, commandLines] = process.argv as [string, string, string, string, string]
const { program, cache } = loadProgram(readFileSync(path))
const left = JSON.parse(commandLines) as string[][]

// What V8 does beside, it does at another moment each time, and leaves a mark in the functions. The cache is only for a V8
// with the same flags.
const beside = ['sparkplug', 'maglev', 'turbofan', 'flush-bytecode']
for (const name of beside) setFlagsFromString(`--no-${name}`)

// Whom it would find is another one on each machine.
Socket.prototype.connect = function () {
  return this.destroy(new Error('a rehearsal finds nobody'))
}

process.on('beforeExit', function next() {
  // 1 is that of an internal error, whatever else a command line may end with.
  if (process.exitCode === 1) throw new Error('a rehearsal has failed')
  const words = left.shift()
  if (words) {
    process.argv = [process.execPath, path, ...words]
    const main = { exports: {} }
    program(main.exports, require, main, path, '/')
    // So that this is called again, however soon it has ended.
    setImmediate(() => {})
  } else {
    process.off('beforeExit', next)
    process.exitCode = 0
    for (const name of beside) setFlagsFromString(`--${name}`)
    writeFileSync(output, cache())
  }
})
