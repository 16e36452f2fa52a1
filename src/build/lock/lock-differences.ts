import type { Architecture } from '../../bundle/manifest.ts'
import type { Definition } from '../definition/definition.ts'
import { bundleFiles, imagesNeeded, platformOf, sourceLabel } from '../definition/inputs.ts'
import type { Lock } from './lock.ts'

/** Where a lock and a definition disagree about the bundles of `architectures`: a line each; none when they match. */
export function lockDifferences(
  definition: Definition,
  lock: Lock,
  architectures: readonly Architecture[],
): string[] {
  const differences: string[] = []
  if (lock.role !== definition.role)
    differences.push(`role: the lock is for ${lock.role}, the definition for ${definition.role}`)
  if (lock.kubeedge !== definition.kubeedge)
    differences.push(`kubeedge: the lock has ${lock.kubeedge}, the definition ${definition.kubeedge}`)
  for (const arch of architectures) {
    for (const { reference } of imagesNeeded(definition, arch)) {
      const locked = lock.images[reference]
      if (locked === undefined) differences.push(`${reference}: not in the lock`)
      else if (locked.platforms[platformOf(arch)] === undefined)
        differences.push(`${reference}: not in the lock for ${platformOf(arch)}`)
    }
    for (const { source } of bundleFiles(definition, arch)) {
      if (source.kind === 'image') continue
      const locked = lock.files[sourceLabel(source)]
      if (locked === undefined) differences.push(`${sourceLabel(source)}: not in the lock`)
      else if (source.sha256 !== undefined && source.sha256 !== locked.sha256)
        differences.push(
          `${sourceLabel(source)}: the lock has sha256 ${locked.sha256}, the definition ${source.sha256}`,
        )
    }
  }
  return [...new Set([...differences, ...noLongerNeeded(definition, lock)])]
}

function noLongerNeeded(definition: Definition, lock: Lock): string[] {
  const images = new Set(
    definition.architectures.flatMap(arch =>
      imagesNeeded(definition, arch).map(({ reference }) => reference),
    ),
  )
  const files = new Set(
    definition.architectures.flatMap(arch =>
      bundleFiles(definition, arch).map(({ source }) => sourceLabel(source)),
    ),
  )
  return [
    ...Object.keys(lock.images).filter(reference => !images.has(reference)),
    ...Object.keys(lock.files).filter(name => !files.has(name)),
  ].map(name => `${name}: in the lock, but not in the definition`)
}
