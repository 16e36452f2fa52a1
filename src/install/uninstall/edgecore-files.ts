import { basename, dirname, join } from 'node:path'
import { journalSuffixes } from '../../actions/files/edgecore-copy.ts'
import type { Kept } from '../../actions/removal.ts'
import { readNodeConfig } from '../../facts/edgecore-config.ts'
import { memoizedNode } from '../../facts/memoized-node.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'
import type { EdgecoreFile } from '../record/leftovers.ts'
import type { Receipt } from '../record/receipt.ts'

/** A copy that edgekit has moved aside is named after its time, its run or its version. */
const aside = /^(\.\d{8}T\d{6}(Z|-[0-9a-f]{4})|\.v\d+\.\d+\.\d+)?$/

/**
 * What EdgeCore has made on a node since edgekit installed it, with the copies that edgekit has moved aside: what was there
 * before belongs to someone else. Nothing where the EdgeCore is not edgekit's. Read-only.
 */
export async function edgecoreFiles(receipt: Receipt, node: Node): Promise<EdgecoreFile[]> {
  const isOurs = receipt.items.some(
    ({ id, ownership }) => id === paths.edgecoreUnit && ownership === 'created',
  )
  if (!isOurs) return []
  const { edgeHub, database } = (await readNodeConfig(memoizedNode(node))).config
  const data = database.dataSource.value
  const secrets = "EdgeCore's database, with the Secrets of its pods"
  const named: EdgecoreFile[] = [
    { path: edgeHub.tlsPrivateKeyFile.value, secret: 'private key of this node' },
    { path: edgeHub.tlsCertFile.value },
    { path: edgeHub.tlsCaFile.value },
    { path: paths.bootstrapToken, secret: 'join token' },
    ...[data, ...journalSuffixes.map(suffix => data + suffix)].map(path => ({ path, secret: secrets })),
  ]
  const found = await Promise.all(named.map(file => withCopies(file, node.files)))
  const since = Date.parse(receipt.installedAt)
  const made = await Promise.all(
    found.flat().map(async file => ((await node.files.modified(file.path)) ?? 0) >= since && file),
  )
  return made.filter(file => file !== false)
}

async function withCopies({ path, ...rest }: EdgecoreFile, files: Files): Promise<EdgecoreFile[]> {
  const names = await files.list(dirname(path)).catch(() => [])
  return names
    .filter(name => name.startsWith(basename(path)) && aside.test(name.slice(basename(path).length)))
    .map(name => ({ path: join(dirname(path), name), ...rest }))
}

/** Those that still exist and that no EdgeCore uses: an uninstalled one, or one that someone has set up since, does. */
export async function abandoned(known: readonly EdgecoreFile[], node: Node): Promise<EdgecoreFile[]> {
  if (known.length === 0 || !isUnknown(await node.systemd.unit(units.edgecore))) return []
  const unique = [...new Map(known.map(file => [file.path, file])).values()]
  const there = await Promise.all(unique.map(({ path }) => node.files.status(path)))
  return unique.filter((_, index) => there[index]?.kind === 'file')
}

/** Deletes them, and their directories if nothing else is there. */
export async function deleteEdgecoreFiles(found: readonly EdgecoreFile[], { files }: Node): Promise<void> {
  for (const { path } of found) await files.remove(path)
  for (const directory of new Set(found.map(({ path }) => dirname(path))))
    if ((await files.list(directory)).length === 0) await files.remove(directory)
}

export const keptEdgecoreFiles = (found: readonly EdgecoreFile[]): Kept[] =>
  found.flatMap(({ path, secret }) =>
    secret === undefined ? [] : [{ what: path, why: secret, purgeable: true } as const],
  )
