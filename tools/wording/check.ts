import { type Prose, proseInComments, proseInMarkdown, proseInTypeScript } from './prose.ts'
import { longestTitle, remedyVerbs, rules, titleClause } from './rules.ts'

const compiled = rules.map(({ pattern, use }) => ({
  use,
  pattern: new RegExp(
    `${/^\W /.test(pattern.source) ? '' : '(?<![\\w-])'}(?:${pattern.source.replaceAll(' ', '\\s+')})(?![\\w-])`,
    /^[A-Z]/.test(pattern.source) ? 'g' : 'gi',
  ),
}))

export interface Problem {
  line: number
  message: string
}

/** What is wrong with the wording of a file. `path` is from the root of the repository. */
export function problemsIn(path: string, source: string): Problem[] {
  if (/\.md$/.test(path)) return proseInMarkdown(source).flatMap(inProse)
  if (!/\.ts$/.test(path)) return proseInComments(source).flatMap(inProse)
  const prose = proseInTypeScript(source)
  if (path.startsWith('test/')) return prose.filter(isTestTitle).flatMap(inProse)
  return [
    ...prose.filter(isReadable).flatMap(inProse),
    ...prose.filter(isRemedy).flatMap(inRemedy),
    ...(path.startsWith('src/checks/') ? prose.filter(isCheckTitle).flatMap(inTitle) : []),
  ].toSorted((one, other) => one.line - other.line)
}

/** A string of one word is a name. */
const isReadable = ({ kind, text }: Prose): boolean => kind !== 'string' || text.includes(' ')
const isTestTitle = ({ kind, before }: Prose): boolean =>
  kind === 'string' && /(?:\b(?:test|describe)(?:\.\w+)*\(|\)\s*\()\s*$/.test(before)
const isCheckTitle = ({ kind, before }: Prose): boolean => kind === 'string' && /\btitle: $/.test(before)
const isRemedy = ({ kind, before }: Prose): boolean =>
  kind === 'string' && /\bremedy:(?:\s*\{\s*text:)?\s*(?:\(?\w*\)? =>\s*)?(?:[^'"`:;]*\?\s*)?$/.test(before)

function inProse({ text, line }: Prose): Problem[] {
  const plain = text.replaceAll(/^([ \t]*)(?:\/\/|\/?\*+\/?|#+)/gm, words => ' '.repeat(words.length))
  return compiled.flatMap(({ pattern, use }) =>
    [...plain.matchAll(pattern)].map(({ 0: found, index }) => ({
      line: line + plain.slice(0, index).split('\n').length - 1,
      message: `"${found.replaceAll(/\s+/g, ' ')}": write ${use}`,
    })),
  )
}

function inTitle({ text, line }: Prose): Problem[] {
  const words = text.slice(1, -1).split(/\s+/)
  return [
    ...(words.length > longestTitle
      ? [{ line, message: `a title of ${words.length} words; at most ${longestTitle}` }]
      : []),
    ...(titleClause.test(text) ? [{ line, message: 'a title with a who/what/which clause' }] : []),
  ]
}

const conditionFirst = /^(?:if|to|on|in|with|for|when|after|as)\b[^,:]*[,:]\s+/i

function inRemedy(prose: Prose): Problem[] {
  const { text, line } = prose
  if (/:\\n(?! )/.test(text)) return [{ line, message: 'a command without two blanks before it' }]
  return inFirstWord(prose)
}

function inFirstWord({ text, line }: Prose): Problem[] {
  const words = text.slice(1).replace(conditionFirst, '')
  const [first = ''] = /^[a-z]+/i.exec(words) ?? []
  // A remedy that begins with a value or a command has been read by its test.
  if (first === '' || remedyVerbs.has(first.toLowerCase()) || /^(?:edgekit|sudo|systemctl)\b/.test(words))
    return []
  return [{ line, message: `a remedy that begins with "${first}"; begin with what to do` }]
}
