import { describe, expect, test } from 'vitest'
import { problemsIn } from '../../../tools/wording/check.ts'
import { rules } from '../../../tools/wording/rules.ts'

const messagesIn = (path: string, source: string) => problemsIn(path, source).map(({ message }) => message)
const inComment = (text: string) => messagesIn('src/lib/x.ts', `// ${text}\n`)

/** For each rule, in the order of the list: what it finds, and what it lets pass. */
const samples: readonly [bad: string, good: string][] = [
  ['What fails is put back.', 'Failed changes are rolled back.'],
  ['It takes back what it made.', 'It removes what it installed.'],
  ['The install goes on.', 'The install continues.'],
  ['EdgeCore tries on.', 'EdgeCore keeps retrying.'],
  ['Mend the cause.', 'Fix the cause.'],
  ['Make the lock anew.', 'Create the lock again.'],
  ['Another edgekit is at work.', 'Another edgekit is running.'],
  ['The change under way', 'The change in progress'],
  ['The cloud is out of reach.', 'The cloud is unreachable.'],
  ['When something goes wrong', 'When a change fails'],
  ['A broker is there already.', 'A broker already exists.'],
  ['It could not be looked at.', 'It could not be checked.'],
  ['All is well.', 'No problems found.'],
  ['The file stays as it is.', 'The file is kept.'],
  ['The image has to be pinned.', 'The image must be pinned.'],
  ['The token is to be kept secret.', 'The token must be kept secret.'],
  ['EdgeCore says why.', 'EdgeCore logs why.'],
  ['The log tells why.', 'The log shows why.'],
  ['systemd knows the unit.', 'systemd has loaded the unit.'],
  ['EdgeCore wants a token.', 'EdgeCore requires a token.'],
  ['No answer can be had.', 'No answer is available.'],
  ['Somebody else has the port.', 'Another process has the port.'],
  ['Whoever reads it', 'Anyone who reads it'],
  ['Who is not root is refused.', 'Who is it? Users who are not root are refused.'],
  ['It works all the same.', 'It works anyway.'],
  ['It is read beforehand.', 'It is read before the install.'],
  ['It is not needed any more.', 'It is no longer needed.'],
  ['It waits for ever.', 'It waits forever.'],
  ['Run it once more.', 'Run it again.'],
  ['It writes a link in the place of the file.', 'It writes a link instead of the file.'],
  ['It goes behind the end of the archive.', 'The archive has trailing data.'],
  ['This is no bundle.', 'This is not a bundle. There is no file.'],
  ['Of what was installed, one is gone.', 'One of the images is gone.'],
  ['A long word, a digest, say.', 'A long word, such as a digest.'],
  ['The install has come to its end.', 'The install has finished.'],
  ['the image of the broker', 'the broker image'],
  ['Clocks are synchronised.', 'Clocks are synchronized.'],
]

describe('forbidden words', () => {
  test('each rule has a sample', () => {
    expect(samples.length).toBe(rules.length)
  })

  test.each(samples.map(([bad, good], at) => [bad, good, rules[at]?.use] as const))(
    '"%s" is found, "%s" is not',
    (bad, good, use) => {
      expect(inComment(bad).filter(message => message.endsWith(`write ${use}`))).toHaveLength(1)
      expect(inComment(good)).toEqual([])
    },
  )

  test('a phrase is found across lines', () => {
    expect(problemsIn('src/lib/x.ts', '/**\n * Everything is put\n * back.\n */\n')).toEqual([
      { line: 2, message: '"put back": write roll back, restore' },
    ])
    expect(messagesIn('docs/x.md', 'Everything is put\nback.\n')).toHaveLength(1)
  })

  test('strings and templates are read, names and code are not', () => {
    expect(messagesIn('src/lib/x.ts', "const a = 'EdgeCore says no'\n")).toHaveLength(1)
    expect(messagesIn('src/lib/x.ts', 'const a = `$' + "{b ? 'it said so' : `c`} has to`\n")).toHaveLength(2)
    expect(messagesIn('src/lib/x.ts', "says(/it says/, 'says', a / b) // `says`\n")).toEqual([])
    expect(messagesIn('docs/x.md', '`says`\n```\nsays\n```\n[a](https://says.example/says)\n')).toEqual([])
  })

  test('of a test only the titles are read', () => {
    const source = "test('it says so', () => {})\ntest.each([1])('it said so', () => say('it says so'))\n"
    expect(messagesIn('test/unit/x.test.ts', source)).toHaveLength(2)
  })

  test('of a template only the comments are read', () => {
    expect(messagesIn('templates/x.conf', '# It says so.\nsays this\n')).toHaveLength(1)
  })
})

describe('titles of checks', () => {
  const title = (text: string) => messagesIn('src/checks/node/x.ts', `const x = { title: '${text}' }\n`)

  test('at most 8 words', () => {
    expect(title('System clock is synchronized')).toEqual([])
    expect(title('One two three four five six seven eight nine')).toEqual(['a title of 9 words; at most 8'])
  })

  test('no clauses', () => {
    expect(title('Clients who connect authenticate')).toEqual(['a title with a who/what/which clause'])
  })
})

describe('remedies', () => {
  const remedy = (text: string) => messagesIn('src/lib/x.ts', `const x = { remedy: '${text}' }\n`)

  test('one of a function is found', () => {
    expect(messagesIn('src/lib/x.ts', "const x = { remedy: pull => 'The disk is full.' }\n")).toHaveLength(1)
  })

  test.each(['Add --yes.', 'To skip it, use --force.', 'If it is missing: install it.'])(
    '"%s" is fine',
    text => {
      expect(remedy(text)).toEqual([])
    },
  )

  test.each(['The disk is full.', 'If it is meant, the file is kept.', 'Start it:\\nsystemctl start x'])(
    '"%s" is found',
    text => {
      expect(remedy(text)).toHaveLength(1)
    },
  )
})
