import * as z from 'zod/mini'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { itemSchema, makeStateDirectory, type ReceiptItem } from './receipt.ts'

/** A file that EdgeCore has made. */
const edgecoreFile = z.object({
  path: z.string(),
  /** What is secret in it; absent where nothing is. */
  secret: z.optional(z.string()),
})
export type EdgecoreFile = z.infer<typeof edgecoreFile>

const leftoversSchema = z.looseObject({
  schemaVersion: z.literal(1),
  items: z.array(itemSchema),
  edgecoreFiles: z._default(z.array(edgecoreFile), []),
})

export interface Leftovers {
  items: ReceiptItem[]
  edgecoreFiles: EdgecoreFile[]
}

/**
 * What earlier uninstalls have left and `uninstall --purge` removes; empty when there is nothing, or nothing readable: then
 * nothing more is removed.
 */
export async function readLeftovers(files: Files): Promise<Leftovers> {
  try {
    const { items, edgecoreFiles } = leftoversSchema.parse(
      JSON.parse((await files.read(paths.leftovers)) ?? ''),
    )
    return { items, edgecoreFiles }
  } catch {
    return { items: [], edgecoreFiles: [] }
  }
}

export async function writeLeftovers({ items, edgecoreFiles }: Leftovers, files: Files): Promise<void> {
  if (items.length + edgecoreFiles.length === 0) return files.remove(paths.leftovers)
  await makeStateDirectory(files)
  const text = `${JSON.stringify({ schemaVersion: 1, items, edgecoreFiles }, null, 2)}\n`
  await files.write(paths.leftovers, { text }, { mode: 0o644, uid: 0, gid: 0 })
}
