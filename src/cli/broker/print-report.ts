import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { saveFile } from '../../doctor/support/save.ts'
import { localNode } from '../../node/node.ts'
import { plainText } from '../../ui/print.ts'

export const reportFlag = Flags.string({
  helpValue: 'FILE',
  description: 'write the report to this file in the format of --output, and as text to the terminal',
})

interface Printed {
  text: string
  /** The report in the format of --output, unless that is text. */
  report: string | undefined
  /** The file of --report, readable by all, because report collectors rarely run as root. */
  file: string | undefined
}

/** Print a report in its format; with a file, write that, and print text. Throws EdgekitError (output-not-writable). */
export async function printReport(
  say: (text: string) => void,
  { text, report = text, file }: Printed,
): Promise<void> {
  say(file === undefined ? report : text)
  if (file === undefined) return
  await saveFile(localNode().files, resolve(file), Buffer.from(`${plainText(report)}\n`), 0o644)
}
