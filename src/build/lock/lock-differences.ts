import type { Architecture } from '../../bundle/manifest.ts'
import type { Definition } from '../definition/definition.ts'
import { bundleFiles, imagesNeeded, platformOf, sourceLabel } from '../definition/inputs.ts'
import type { Lock } from './lock.ts'

/** The differences between a lock and a definition for bundles of `architectures`, a line each. */
export function lockDifferences(
  definition: Definition,
  lock: Lock,
  architectures: readonly Architecture[],
): string[] {
  const differences: string[] = []
  if (lock.role !== definition.role)
    differences.push(`role: ${lock.role} in the lock, ${definition.role} in the definition`)
  if (lock.kubeedge !== definition.kubeedge)
    differences.push(`kubeedge: ${lock.kubeedge} in the lock, ${definition.kubeedge} in the definition`)
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
          `${sourceLabel(source)}: sha256 ${locked.sha256} in the lock, ${source.sha256} in the definition`,
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
  ].map(name => `${name}: not in the definition`)
}
