/**
 * How edgekit speaks, as far as a program can check it. A space in a pattern matches any white
 * space; one that begins with a capital matches at the begin of a sentence only.
 */

export interface Rule {
  pattern: RegExp
  use: string
}

export const rules: readonly Rule[] = [
  // One term per thing, as upstream writes it.
  { pattern: /put(?:s|ting)? (?:\w+ ){0,3}back/, use: 'roll back, restore' },
  { pattern: /tak(?:es?|en|ing) back|took back/, use: 'remove, revert' },
  { pattern: /(?:go|goes|going|went|gone) on(?! (?:a|an|the) )/, use: 'continue' },
  { pattern: /tr(?:y|ies) on/, use: 'retry' },
  { pattern: /mend(?:s|ed|ing)?/, use: 'fix' },
  { pattern: /anew/, use: 'again' },
  { pattern: /at work/, use: 'running' },
  { pattern: /under way/, use: 'in progress' },
  { pattern: /out of reach/, use: 'unreachable' },
  { pattern: /(?:goes|went|go|going) wrong/, use: 'fails, problem' },
  { pattern: /(?:there|here) already/, use: 'already exists' },
  { pattern: /looked at|could not look/, use: 'checked, read' },
  { pattern: /all is well|is well\b/, use: 'healthy, no problems' },
  { pattern: /stays? as (?:it|they) (?:is|are|was|were)/, use: 'keep' },
  // Active voice, present tense; programs do not speak.
  { pattern: /(?:has|have|had) to\b/, use: 'must' },
  { pattern: /(?:is|are|was|were) to be\b/, use: 'must be' },
  { pattern: /says?|said/, use: 'reports, shows, logs' },
  { pattern: /tells?|told/, use: 'reports, shows' },
  { pattern: /(?<!user )knows/, use: 'has, supports, recognizes' },
  { pattern: /wants(?!=)|wanted/, use: 'requires, expects; desired' },
  { pattern: /be had/, use: 'be available' },
  // People.
  { pattern: /(?:some|any|every)body(?: else)?|nobody/, use: 'someone, another user, none' },
  { pattern: /who(?:so)?ever/, use: 'anyone who, the user' },
  {
    pattern: /Who (?:is|has|does|comes|wants|reads|uses|calls|runs)\b(?![^.]*\?)/,
    use: 'the user, a client',
  },
  // Idiom.
  { pattern: /all the same/, use: 'anyway' },
  { pattern: /beforehand/, use: 'before' },
  { pattern: /any more/, use: 'no longer' },
  { pattern: /for ever\b/, use: 'forever' },
  { pattern: /once more/, use: 'again' },
  { pattern: /in the place of/, use: 'instead of' },
  { pattern: /behind the end/, use: 'trailing data' },
  {
    pattern:
      /(?<!there )(?:is|are) no (?:bundle|image|file|list|map|link|director|name|number|version|error|answer|help|program|key|value|lock|token|text|JSON|YAML)\w*/,
    use: 'is not a',
  },
  { pattern: /Of (?:what|an?|the|this|each|all|every|these|those)\b/, use: 'subject first' },
  { pattern: /, say(?=[,.;:)])/, use: 'such as' },
  { pattern: /com(?:e|es|ing) to (?:its|an) end|came to (?:its|an) end/, use: 'finish' },
  {
    pattern:
      /the (?:image|log|journal|configuration|config|data|name|version|container|certificate|address|token) of (?:the )?(?:broker|node|EdgeCore|containerd|cloud|bundle)\b/,
    use: 'the broker image, the node name',
  },
  // American spelling.
  {
    pattern:
      /\w*(?:synchronis|initialis|recognis|organis|normalis|serialis|behaviour|neighbour|colour|favour|honour|labell|cancell(?:ed|ing)|licence)\w*/,
    use: 'American spelling',
  },
]

/** The most words of a check's title. */
export const longestTitle = 8

/** A title is a statement, without a clause that defines its subject. */
export const titleClause = /\b(?:who|whom|whose|what|which)\b/i

/** What a remedy begins with. */
export const remedyVerbs = new Set(
  `add allow ask attach boot bring build change check choose clear configure connect copy correct create decrypt delete disable
  do download edit enable end expose find finish fix follow free get give grant import increase inspect install join keep kill
  leave let list load lock log look make mark mask mount move name omit open pass pick pin point print pull push put raise read reboot
  rebuild recreate register reinstall reload remount remove rename renew repair repeat replace report reset resolve restart
  restore retry review roll run search see select send set shorten show sign start stop switch synchronize take trust turn type unmask unmount unpack
  unset update upgrade use verify wait write`.split(/\s+/),
)

/** Rooms that follow the rules; the others are reported with --all only. */
export const heldRooms: readonly string[] = [
  'docs',
  'src/actions',
  'src/broker',
  'src/broker-test',
  'src/build',
  'src/bundle',
  'src/checks',
  'src/cli',
  'src/commands',
  'src/devices',
  'src/doctor',
  'src/edgecore',
  'src/facts',
  'src/http',
  'src/install',
  'src/lib',
  'src/mqtt',
  'src/node',
  'src/oci',
  'src/tar',
  'src/ui',
  'src/yaml',
  'src/main.ts',
  'templates',
  'test/bundle',
  'test/full',
  'test/node',
  'test/unit',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
]
