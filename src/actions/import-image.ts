import type { ContainerdContainer, Snapshot } from '../node/containerd/containerd-api.ts'
import { type ImageDamage, isDamaged } from '../node/containerd/image-damage.ts'
import type { Node } from '../node/node.ts'
import { brokerContainer, units } from '../node/paths.ts'
import { isStartingOrActive } from './services/unit-running.ts'

interface Import {
  /** Path of the OCI archive. */
  archive: string
  digest: string
  /** Such as `linux/amd64`. */
  platform: string
}

/**
 * Imports an image so that it is whole: an import takes over what containerd already has, and after a power cut that can
 * be damaged (containerd #5854, #9115, #10457). Then it is removed and imported again. Returns `done` when the result is
 * known to be whole. Throws an Error when a container uses what must be removed; with `mayStopBroker` the broker is stopped
 * meanwhile.
 */
export async function importImage(
  { archive, digest, platform }: Import,
  node: Node,
  { mayStopBroker }: { mayStopBroker: boolean },
): Promise<'done' | undefined> {
  const { containerd } = node
  // What an import unpacks itself is whole once it has been synced. Its content can be that of another namespace.
  const present = new Set((await containerd.snapshots()).map(({ key }) => key))
  const failure = await containerd.importImage(archive, platform).catch((error: unknown) => ({ error }))
  const damage = await containerd.damage(digest, { among: present }).catch((error: unknown) => {
    throw failure ? failure.error : error
  })
  if (!isDamaged(damage)) {
    if (failure) throw failure.error
    return 'done'
  }
  await using _broker = mayStopBroker ? await stopBroker(node, damage) : undefined
  if (await removeDamaged(damage, node)) await containerd.importImage(archive, platform)
  else if (failure) throw failure.error
  return undefined
}

/** Stops the broker if it uses a damaged snapshot, or would soon; disposing starts it again. */
async function stopBroker(
  { systemd, containerd }: Node,
  { snapshots }: ImageDamage,
): Promise<AsyncDisposable | undefined> {
  const { active } = await systemd.unit(units.broker)
  if (!isStartingOrActive(active) || snapshots.length === 0) return undefined
  const doomed = withDescendants(snapshots, await containerd.snapshots())
  const isUser = usersOf(doomed, await containerd.containers()).some(({ id }) => id === brokerContainer)
  // It restarts again and again, maybe because of the damage.
  if (active === 'active' && !isUser) return undefined
  await systemd.stop(units.broker)
  return { [Symbol.asyncDispose]: () => systemd.start(units.broker) }
}

/**
 * Removes what is damaged, and the snapshots on top of it, also those of other images: containerd unpacks them when it
 * needs them. Returns whether there was anything to remove.
 */
async function removeDamaged({ content, snapshots }: ImageDamage, { containerd }: Node): Promise<boolean> {
  const doomed = withDescendants(snapshots, await containerd.snapshots())
  const users = usersOf(doomed, await containerd.containers()).map(({ id }) => id)
  if (users.length > 0) throw inUse(users)
  for (const key of doomed.toReversed()) await containerd.removeSnapshot(key)
  const stored = await containerd.content()
  const damaged = content.filter(digest => stored.includes(digest))
  for (const digest of damaged) await containerd.removeContent(digest)
  if (doomed.length + damaged.length === 0) return false
  await containerd.collectGarbage()
  return true
}

/** The keys of these snapshots that exist and of all on top of them, each after what it is on. */
function withDescendants(lowest: readonly { name: string }[], all: readonly Snapshot[]): string[] {
  const found = all.map(({ key }) => key).filter(key => lowest.some(({ name }) => name === key))
  // The list grows while it is walked.
  for (const below of found)
    for (const { key, parent } of all) if (parent === below && !found.includes(key)) found.push(key)
  // containerd lists snapshots by name, and several in a chain can be damaged.
  const parents = new Map(all.map(({ key, parent }) => [key, parent]))
  const height = (key: string): number => {
    const below = parents.get(key)
    return below ? 1 + height(below) : 0
  }
  return found.toSorted((one, other) => height(one) - height(other))
}

const usersOf = (
  keys: readonly string[],
  containers: readonly ContainerdContainer[],
): ContainerdContainer[] => containers.filter(({ snapshot }) => keys.includes(snapshot))

const inUse = (ids: readonly string[]): Error =>
  new Error(
    [
      'cannot repair the image: containers use it. Delete their pods, or remove them, then run the command again:',
      ...ids.map(id => `  ctr -n k8s.io tasks rm --force ${id}; ctr -n k8s.io containers rm ${id}`),
    ].join('\n'),
  )
