import * as z from 'zod'
import { readAsset } from '../lib/assets.ts'
import { EdgekitError } from '../lib/errors.ts'

const notice = z.object({
  name: z.string(),
  version: z.string(),
  /** SPDX expression; absent when its package has none. */
  license: z.string().optional(),
  /** The files with its licenses and notices. */
  texts: z.array(z.string()),
})

/** The license of a part of the edgekit executable. */
export type Notice = z.infer<typeof notice>

/**
 * The license of edgekit, and those of Node.js and of every npm package in the executable, as its build recorded them. Throws
 * EdgekitError in a checkout without a build.
 */
export function executableNotices(): Notice[] {
  return z.array(notice).parse(JSON.parse(recorded()))
}

function recorded(): string {
  try {
    return readAsset('build/notices.json')
  } catch (error) {
    throw new EdgekitError('cannot list licenses: this edgekit runs from its source', {
      code: 'not-built',
      remedy: 'Build the executable:\n  npm run build:sea',
      cause: error,
    })
  }
}

const line = '='.repeat(80)

/** All of them as one text. */
export const formatNotices = (notices: readonly Notice[]): string =>
  notices
    .map(({ name, version, license, texts }) => {
      const title = `${name} ${version}${license === undefined ? '' : ` (${license})`}`
      return [line, title, line, '', ...texts.map(text => `${text.trim()}\n`)].join('\n')
    })
    .join('\n')
