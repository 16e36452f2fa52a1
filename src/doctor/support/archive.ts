import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { tarEnd, tarMember } from '../../tar/write.ts'
import { createRedactor } from '../redact.ts'
import { keepAllowed } from './allow-lists.ts'
import type { Collected } from './collect.ts'

export interface SupportArchive {
  /** A .tar.gz. */
  bytes: Uint8Array
  /** How often each rule masked something, per file. */
  masked: { file: string; rule: string; count: number }[]
}

interface Contents {
  collected: readonly Collected[]
  /** Facts and report. */
  data: Readonly<Record<string, unknown>>
  at: Date
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Files that contain secrets under their keys; the same values are then masked in every other file. */
const containsSecrets = /^(config|units)\//

/**
 * Pack a support archive. This is the only place that writes one, so all content passes the redactor. `redacted.json`
 * lists what was masked, `contents.json` what was collected and what failed.
 */
export async function packArchive({ collected, data, at }: Contents): Promise<SupportArchive> {
  const redactor = createRedactor()
  redactor.learnData(data)
  for (const { file, text } of collected) if (containsSecrets.test(file)) redactor.learn(text)
  // All of them first: what one of them hides is masked in the others too.
  const allowed = new Map<string, { text: string; hidden: Record<string, number> }>()
  for (const { file, text } of collected)
    allowed.set(file, { text: keepAllowed(file, text, redactor.hide), hidden: redactor.takeCounts() })
  const masked: SupportArchive['masked'] = []
  const chunks: Buffer[] = []
  const add = (file: string, text: string): void => {
    const source = Buffer.from(text)
    const member = { path: `edgekit-support/${file}`, mode: 0o644, size: source.length, source } as const
    chunks.push(...tarMember(member, at))
  }
  const note = (file: string, hidden: Record<string, number> = {}): void => {
    for (const [rule, count] of Object.entries({ ...hidden, ...redactor.takeCounts() }))
      masked.push({ file, rule, count })
  }

  for (const [file, value] of Object.entries(data)) {
    const text = typeof value === 'string' ? redactor.text(value) : json(redactor.data(value))
    add(file, text)
    note(file)
  }
  const contents: Omit<Collected, 'text'>[] = []
  for (const { text: _, ...about } of collected) {
    contents.push(redactor.data(about))
    const { text, hidden } = allowed.get(about.file) ?? { text: '', hidden: {} }
    if (about.failure === undefined) add(about.file, redactor.text(text))
    note(about.file, hidden)
  }
  add('contents.json', json(contents))
  add('redacted.json', json(masked))
  return { bytes: await promisify(gzip)(Buffer.concat([...chunks, tarEnd()])), masked }
}
