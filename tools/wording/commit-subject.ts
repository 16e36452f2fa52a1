/** The most characters of a commit's subject. */
const longest = 72

/** Words that look like a past tense or a participle, and are not. */
const imperative = new Set([
  'bring',
  'embed',
  'feed',
  'need',
  'ping',
  'seed',
  'shed',
  'speed',
  'string',
  'wording',
])

/** What is wrong with the subject of a commit: it must be `area: imperative summary`. */
export function subjectProblem(subject: string): string | undefined {
  if (/^(?:Merge|Revert) /.test(subject)) return undefined
  if (subject.length > longest) return `${subject.length} characters; at most ${longest}`
  const [, verb] = /^[a-z][a-z0-9./-]*(?:, [a-z][a-z0-9./-]*)*: ([a-z-]+)\b.*[^.]$/.exec(subject) ?? []
  if (verb === undefined) return 'expected "area: imperative summary" in lower case, without a period'
  if (/(?:ed|ing)$/.test(verb) && !imperative.has(verb))
    return `begin with a verb in the imperative, not "${verb}"`
  return undefined
}
