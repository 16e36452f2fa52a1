import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { tarEnd, tarMember } from '../../tar/write.ts'
import { createRedactor } from '../redact.ts'
import type { Collected } from './collect.ts'

export interface SupportArchive {
  /** A .tar.gz. */
  bytes: Uint8Array
  /** How often which rule has masked something in which file. */
  masked: { file: string; rule: string; count: number }[]
}

interface Contents {
  collected: readonly Collected[]
  /** Plain data that edgekit has made of the node: facts, report. */
  data: Readonly<Record<string, unknown>>
  at: Date
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Files that tell the node's own secrets by name; the same values are then masked wherever else they are. */
const telling = /^(config|units)\//

/**
 * Pack a support archive. This is the one place where anything of a node is put into one, and the one where secrets are
 * masked; `redacted.json` in it says what was masked, `contents.json` what is there and what could not be had.
 */
export async function packArchive({ collected, data, at }: Contents): Promise<SupportArchive> {
  const redactor = createRedactor()
  redactor.learnData(data)
  for (const { file, text } of collected) if (telling.test(file)) redactor.learn(text)
  const masked: SupportArchive['masked'] = []
  const chunks: Buffer[] = []
  const add = (file: string, text: string): void => {
    const source = Buffer.from(text)
    const member = { path: `edgekit-support/${file}`, mode: 0o644, size: source.length, source } as const
    chunks.push(...tarMember(member, at))
  }
  const note = (file: string): void => {
    for (const [rule, count] of Object.entries(redactor.takeCounts())) masked.push({ file, rule, count })
  }

  for (const [file, value] of Object.entries(data)) {
    const text = typeof value === 'string' ? redactor.text(value) : json(redactor.data(value))
    add(file, text)
    note(file)
  }
  const contents: Omit<Collected, 'text'>[] = []
  for (const { text, ...about } of collected) {
    contents.push(redactor.data(about))
    if (about.failure === undefined) add(about.file, redactor.text(text))
    note(about.file)
  }
  add('contents.json', json(contents))
  add('redacted.json', json(masked))
  return { bytes: await promisify(gzip)(Buffer.concat([...chunks, tarEnd()])), masked }
}
