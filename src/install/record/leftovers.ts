import * as z from 'zod/mini'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { itemSchema, makeStateDirectory, type ReceiptItem } from './receipt.ts'

const leftoversSchema = z.looseObject({ schemaVersion: z.literal(1), items: z.array(itemSchema) })

/**
 * What earlier uninstalls have left and `uninstall --purge` removes; empty when there is nothing, or nothing readable: then
 * nothing more is removed.
 */
export async function readLeftovers(files: Files): Promise<ReceiptItem[]> {
  try {
    return leftoversSchema.parse(JSON.parse((await files.read(paths.leftovers)) ?? '')).items
  } catch {
    return []
  }
}

export async function writeLeftovers(items: readonly ReceiptItem[], files: Files): Promise<void> {
  if (items.length === 0) return files.remove(paths.leftovers)
  await makeStateDirectory(files)
  const text = `${JSON.stringify({ schemaVersion: 1, items }, null, 2)}\n`
  await files.write(paths.leftovers, { text }, { mode: 0o644, uid: 0, gid: 0 })
}
