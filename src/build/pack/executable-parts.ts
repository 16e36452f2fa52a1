import * as z from 'zod'
import { readAsset } from '../../lib/assets.ts'

const schema = z.object({
  node: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), license: z.string().optional() })),
})

/** What the edgekit executable is made of: Node.js and npm packages. The build of the executable writes this down. */
export type ExecutableParts = z.infer<typeof schema>

export const executableParts = (): ExecutableParts =>
  schema.parse(JSON.parse(readAsset('build/runtime-parts.json')))
