/** Edge nodes for manual experiments: `npm run lab -- up`, `sh`, `ls`, `down`. */
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { prepareHost } from './host.ts'
import { leaderOf } from './machine/cgroups.ts'
import { enterNode, startKeptNode } from './machine/node.ts'
import { removeNode } from './machine/remove.ts'
import { nodeNames, stateOf } from './machine/state.ts'
import { releases } from './machine/tree.ts'
import { print } from './print.ts'

const usage = `usage: npm run lab -- up [--release ${releases.join('|')}] [--name NAME] [--no-certificates]
       npm run lab -- sh NAME [COMMAND…]
       npm run lab -- ls
       npm run lab -- down NAME… | --all

up    boot an edge node (Debian ${releases[0]} unless told otherwise) that stays until it is taken down
sh    a login shell in the node, or a command
ls    all nodes, those of running tests too
down  remove nodes; --all removes those made by up, and leaves running tests alone
`

class UsageError extends Error {}

async function up(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      release: { type: 'string', default: releases[0] },
      name: { type: 'string' },
      certificates: { type: 'boolean', default: true },
    },
  })
  const release = releases.find(candidate => candidate === values.release)
  if (!release) throw new UsageError(`no such release: ${values.release}`)
  await prepareHost()
  const { name, certificates } = values
  const node = await startKeptNode({ release, certificates, ...(name === undefined ? {} : { name }) })
  print(`${node.name} is up (Debian ${release}).`)
  print(`  npm run lab -- sh ${node.name}      a shell in it`)
  print(`  npm run lab -- down ${node.name}    remove it`)
  print(`  its disk: ${node.root}`)
  return 0
}

async function sh(args: string[]): Promise<number> {
  const [name, ...words] = args
  if (name === undefined || name.startsWith('-')) throw new UsageError('sh needs the name of a node')
  await mustExist(name)
  const shell = words.length === 0 ? ['bash', '--login'] : ['bash', '-c', words.join(' ')]
  const [file, fileArgs] = await enterNode(name, shell, { TERM: process.env['TERM'] ?? 'dumb' })
  const { exitCode } = await execa(file, fileArgs, { stdio: 'inherit', reject: false })
  return exitCode ?? 255
}

async function ls(args: string[]): Promise<number> {
  parseArgs({ args })
  for (const name of await nodeNames()) {
    const state = await stateOf(name)
    if (!state) continue
    const power = (await leaderOf(name)) === undefined ? 'off' : 'on'
    const owner = state.owner === 'kept' ? 'kept' : `process ${state.owner.pid}`
    print([name.padEnd(24), state.release.padEnd(10), power.padEnd(5), owner].join(''))
  }
  return 0
}

async function down(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { all: { type: 'boolean' } },
  })
  if (values.all ? positionals.length > 0 : positionals.length === 0) {
    throw new UsageError('down needs the names of nodes, or --all')
  }
  for (const name of positionals) await mustExist(name)
  for (const name of values.all ? await keptNodes() : positionals) {
    await removeNode(name)
    print(`${name} is gone`)
  }
  return 0
}

async function keptNodes(): Promise<string[]> {
  const kept: string[] = []
  for (const name of await nodeNames()) if ((await stateOf(name))?.owner === 'kept') kept.push(name)
  return kept
}

async function mustExist(name: string): Promise<void> {
  if (!(await nodeNames()).includes(name)) throw new UsageError(`there is no lab node named ${name}`)
}

const commands = new Map(Object.entries({ up, sh, ls, down }))

async function main([word = '', ...args]: string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(word)) {
    print(usage)
    return 0
  }
  try {
    const command = commands.get(word)
    if (!command) throw new UsageError(word === '' ? 'which command?' : `no such command: ${word}`)
    return await command(args)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const wrongInput =
      error instanceof UsageError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    process.stderr.write(wrongInput ? `${error.message}\n\n${usage}` : `${error.message}\n`)
    return wrongInput ? 2 : 1
  }
}

process.exitCode = await main(process.argv.slice(2))
