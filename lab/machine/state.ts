import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Release } from './tree.ts'

/** On a real disk, because the upper directory of an overlay cannot be on an overlay or on some tmpfs. */
const nodesRoot = '/var/tmp/edgekit-lab'

/** The process that owns the node, with its start time because ids are reused; or `kept`. */
export type Owner = 'kept' | { readonly pid: number; readonly startTime: string }

export interface NodeState {
  readonly release: Release
  readonly owner: Owner
}

export const nodeDirectory = (name: string): string => join(nodesRoot, name)
export const consoleLog = (name: string): string => join(nodesRoot, name, 'console.log')

/** Undefined when there is no such process, or only a zombie. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the program name in parentheses and can contain spaces.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' ? undefined : fields[18]
}

export async function ownerOf(pid: number): Promise<Owner> {
  return { pid, startTime: (await startTime(pid)) ?? '' }
}

export async function isAlive(owner: Owner): Promise<boolean> {
  return owner === 'kept' || (await startTime(owner.pid)) === owner.startTime
}

/** Claim the name. The directory appears atomically with its owner, so that a new node never looks abandoned. */
export async function claim(name: string, state: NodeState): Promise<void> {
  const unfinished = join(nodesRoot, `.claim-${randomUUID()}`)
  await mkdir(unfinished, { recursive: true })
  await writeFile(join(unfinished, 'node.json'), JSON.stringify(state))
  try {
    await rename(unfinished, nodeDirectory(name))
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw new Error(`there is already a lab node named ${name}`, { cause: error })
  }
}

export async function stateOf(name: string): Promise<NodeState | undefined> {
  const text = await readFile(join(nodeDirectory(name), 'node.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as NodeState)
}

export async function nodeNames(): Promise<string[]> {
  const names = await readdir(nodesRoot).catch(() => [])
  return names.filter(name => !name.startsWith('.')).sort()
}

/** Release the name and delete the node's directory; safe when two processes do it at once. */
export async function release(name: string): Promise<void> {
  const discarded = join(nodesRoot, `.discarded-${randomUUID()}`)
  await rename(nodeDirectory(name), discarded).catch(error => {
    if (error.code !== 'ENOENT') throw error
  })
  await rm(discarded, { recursive: true, force: true, maxRetries: 3 })
}

/** Delete what a process left when it was killed during `release`. */
export async function deleteDiscarded(): Promise<void> {
  const names = await readdir(nodesRoot).catch(() => [])
  for (const name of names.filter(candidate => candidate.startsWith('.discarded-'))) {
    await rm(join(nodesRoot, name), { recursive: true, force: true, maxRetries: 3 })
  }
}
