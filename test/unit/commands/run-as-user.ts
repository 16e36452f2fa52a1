import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { connect } from 'mqtt'
import { vi } from 'vitest'
import type { EveryCommand } from './every-command.ts'
import { type CommandResult, runCommand } from './run-command.ts'

export const nobody = 65534

/** Commands load modules when they need them; the user of a test may not be able to read the checkout. */
export async function loadEverything(): Promise<void> {
  const modules = globSync('src/**/*.ts').filter(file => !/main\.ts$|\.d\.ts$/.test(file))
  const texts = await Promise.all(modules.map(file => readFile(file, 'utf8')))
  await Promise.all(modules.map(file => import(resolve(file))))
  // In this order: one package needs another first.
  for (const [, name = ''] of texts.join('').matchAll(/import\('([^.'][^']*)'\)/g)) await import(name)
  // It loads the rest of itself at its first connection.
  connect('mqtt://127.0.0.1:1', { reconnectPeriod: 0 })
    .on('error', () => {})
    .end(true)
}

/** Run a command as an ordinary user, who can change nothing on this machine, with a home of his own. */
export async function runAs(
  home: string,
  Command: EveryCommand['Command'],
  ...words: string[]
): Promise<CommandResult> {
  vi.stubEnv('HOME', home)
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'))
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(nobody)
  try {
    return await runCommand(Command, ...words)
  } finally {
    if (isRoot) process.seteuid?.(0)
    vi.unstubAllEnvs()
  }
}
