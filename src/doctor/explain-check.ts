import type { Group } from '../checks/check.ts'
import { readAsset } from '../lib/assets.ts'
import { checkNamed } from './select.ts'

export interface Explanation {
  id: string
  title: string
  group: Group
  tags: readonly string[]
  needs: readonly string[]
  /** The section of docs/checks.md, in Markdown. */
  text: string
}

/** The documentation of a check. Throws EdgekitError (unknown-check). */
export function explainCheck(name: string): Explanation {
  const { id, title, group, tags, needs = [] } = checkNamed(name)
  const [, entry = ''] = readAsset('docs/checks.md').split(`\n### \`${id}\`\n`)
  const [text = ''] = entry.split(/^##/m)
  return { id, title, group, tags, needs, text: text.trim() }
}
