import { expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import { explainCheck } from '../../../src/doctor/explain-check.ts'
import { formatExplanation } from '../../../src/ui/explanation.ts'

test.each(checks.map(({ id }) => id))(
  'the explanation of %s has the text of links without their pages',
  id => {
    const text = formatExplanation(explainCheck(id))
    expect(text).not.toMatch(/\]\(|\w\.md\b/)
    expect(text).toContain(id)
  },
)

test('a link keeps its words', () => {
  const links = checks.map(({ id }) => explainCheck(id)).filter(({ text }) => /\]\([^)]+\.md/.test(text))
  expect(links).not.toEqual([])
  for (const explanation of links) {
    const [, words = ''] = /\[([^\]]+)\]\([^)]+\.md/.exec(explanation.text) ?? []
    expect(formatExplanation(explanation).replaceAll(/\s+/g, ' ')).toContain(words.replaceAll(/\s+/g, ' '))
  }
})
