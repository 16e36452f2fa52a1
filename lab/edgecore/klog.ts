import { writeSync } from 'node:fs'

type Severity = 'I' | 'W' | 'E' | 'F'

let latest = 0
let count = 0

/** Write a klog record to stderr; `source` is EdgeCore's `file.go:line`. */
export function klog(severity: Severity, source: string, message: string): void {
  const now = new Date()
  const two = (value: number) => String(value).padStart(2, '0')
  const day = two(now.getMonth() + 1) + two(now.getDate())
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')
  // Node.js has milliseconds only: number the records within one, so that time stamps never go backward.
  count = now.getTime() === latest ? count + 1 : 0
  latest = now.getTime()
  const micro = String(now.getMilliseconds() * 1000 + Math.min(count, 999)).padStart(6, '0')
  const pid = String(process.pid).padStart(7)
  writeSync(2, `${severity}${day} ${time}.${micro} ${pid} ${source}] ${message}\n`)
}

export const info = (source: string, message: string): void => klog('I', source, message)
export const warning = (source: string, message: string): void => klog('W', source, message)
export const error = (source: string, message: string): void => klog('E', source, message)

/** klog.Exit: write the record, then exit 1. */
export function exit(source: string, message: string): never {
  klog('F', source, message)
  process.exit(1)
}

/** Print a list of errors like EdgeCore: one record of several lines. */
export function exitWithList(source: string, mistakes: readonly string[]): never {
  exit(source, ['[', ...mistakes.map(mistake => `  ${mistake}`), ']'].join('\n'))
}

const nilPointer = 'runtime error: invalid memory address or nil pointer dereference'

/** A Go panic: its message, a stack with the frame it happened in, exit 2. */
export function panic(message: string, ...frames: readonly string[]): never {
  const signal =
    message === nilPointer ? ['[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]'] : []
  const stack = frames.flatMap(frame => [`${frame}(0x0)`, '\t/stand-in/edgecore.go:1 +0x0'])
  writeSync(2, `${[`panic: ${message}`, ...signal, '', 'goroutine 1 [running]:', ...stack].join('\n')}\n`)
  process.exit(2)
}

/** The panic of an unexpected nil pointer. */
export function nilPanic(...frames: readonly string[]): never {
  panic(nilPointer, ...frames)
}
