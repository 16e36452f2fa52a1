import type { Group } from '../checks/check.ts'
import { readAsset } from '../lib/assets.ts'
import { checkNamed } from './select.ts'

export interface Explanation {
  id: string
  title: string
  group: Group
  tags: readonly string[]
  needs: readonly string[]
  /** The entry of docs/checks.md, in Markdown. */
  text: string
}

/** What a check looks at and why, as docs/checks.md says. Throws EdgekitError (usage) when there is no such check. */
export function explainCheck(name: string): Explanation {
  const { id, title, group, tags, needs = [] } = checkNamed(name)
  const [, entry = ''] = readAsset('docs/checks.md').split(`\n### \`${id}\`\n`)
  const [text = ''] = entry.split(/^##/m)
  return { id, title, group, tags, needs, text: text.trim() }
}
