/** A pattern of secrets in configurations, units, journals and reports. Only its group `secret` is masked. */
export interface RedactionRule {
  name: string
  pattern: RegExp
  /** A secret found in a configuration is masked in every other text too. */
  teaches?: true
  /** The secret ends before the last one of these words in it. A lookahead would take quadratic time. */
  until?: string
}

// All repetitions are bounded: a log line can be a megabyte long.

/** The end of the name of a secret key, variable or flag. Paths and expiry dates of secrets are not secret. */
const secretEnd = String.raw`(?:pass(?:word|wd|phrase)|(?<![a-z])(?:pass|pwd)(?![a-z])|passwort|kennwort|secret|token|(?:api|access|private|sas|account|signing|encryption|license)[_-]?key|credentials?|psk)(?![\w.-]{0,40}(?:file|path|dir|hash|type|ttl|name|expir))[\w-]{0,40}`
const secretName = String.raw`[\w.-]{0,40}${secretEnd}`
/** Values that reveal nothing but help a reader. */
const notSecret = String.raw`(?:true|false|null|~|\*\*\*)\s*(?:#.*)?$`

export const redactionRules: readonly RedactionRule[] = [
  {
    name: 'private key',
    pattern:
      /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?<secret>(?:(?!-----BEGIN)[\s\S]){1,8192}?(?=-----END [A-Z0-9 ]*PRIVATE KEY-----)|(?:[\w+/=:,\s]|\\[nr])+)/g,
  },
  // One line of a key without its BEGIN and END lines. A digest is hexadecimal.
  { name: 'line of a private key', pattern: /^(?<secret>(?![0-9a-f]+$)[A-Za-z0-9+/]{60,76}={0,2})$/gm },
  { name: 'credentials in a URL', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?<secret>[^\s/'"<>]+)(?=@)/gi },
  {
    name: 'authorization header',
    pattern: /\b(?:proxy-)?authorization\\?["']?\s*[:=]\s*\\?["']?(?<secret>[^"'\r\n\\]+)/gi,
  },
  { name: 'cookie', pattern: /\b(?:set-)?cookie\\?["']?\s*[:=]\s*\\?["']?(?<secret>[^"'\r\n\\]+)/gi },
  // In config.json of Docker and in containerd: user and password in base64.
  { name: 'registry login', pattern: /\bauth\\?["']?\s*[:=]\s*\\?["'](?<secret>[^"'\r\n\\]+)/gi },
  { name: 'registry login', pattern: /\bauth\s*[:=]\s*(?<secret>(?=[a-z+/]{0,64}[\d=])[\w+/]{12,}={0,2})/gi },
  {
    name: 'signature in a URL',
    pattern: /[?&](?:sig|signature|code|key|auth|x-(?:amz|goog)-[a-z-]{1,30})=(?<secret>[^\s&"'<>]+)/gi,
  },
  // GitHub, GitLab, AWS, Slack, Google, Docker, npm, and bootstrap tokens of kubeadm.
  {
    name: 'token of a known shape',
    pattern:
      /\b(?<secret>gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|dckr_pat_[\w-]{16,}|npm_\w{30,}|[a-z0-9]{6}\.[a-z0-9]{16})\b/g,
  },
  {
    name: 'login before a host',
    pattern: /(?<![\w:/.@-])[\w.-]{1,64}:(?<secret>[^\s:@/'"<>]{1,128})(?=@(?!sha256:)[\w.-]{1,255})/g,
  },
  {
    name: 'password in a sentence',
    pattern:
      /\bpass(?:word|wort|phrase)?\s+(?:(?:is|was|ist)\s+|")(?!not\b|wrong|incorrect|invalid|required|missing|empty|expired|too\b)"?(?<secret>[^\s"',;]+)/gi,
  },
  { name: 'secret on a command line', pattern: /\bsshpass\s+-p\s*(?<secret>\S+)/g },
  { name: 'bearer token', pattern: /\bbearer\s+(?<secret>[\w+/=.~-]{8,})/gi },
  // <hash of the CA>.<JSON web token>, as keadm gettoken prints it.
  { name: 'bootstrap token', pattern: /\b(?<secret>[0-9a-f]{64}\.[\w-]+\.[\w-]+\.[\w-]+)/g },
  { name: 'JSON web token', pattern: /\b(?<secret>eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]+)?)/g },
  // KubeEdge v1.18 and later print a malformed token.
  {
    name: 'bootstrap token',
    pattern: /\btoken (?<secret>\S.{0,400}?)(?= credentials are in the wrong format)/g,
  },
  {
    name: 'block of text under a secret key',
    pattern: new RegExp(
      String.raw`^(?<indent>[ \t]*)(?:- )?["']?${secretName}["']?:[ \t]*[|>][-+\d]*[ \t]*\n(?<secret>(?:\k<indent>[ \t]+.*(?:\n|$))+)`,
      'gim',
    ),
    teaches: true,
  },
  {
    name: 'quoted value of a secret key',
    pattern: new RegExp(String.raw`${secretEnd}\\?["']?\s*[:=]\s*"(?<secret>(?:[^"\\]|\\.){1,4096})"`, 'gi'),
    teaches: true,
  },
  {
    name: 'quoted value of a secret key',
    pattern: new RegExp(String.raw`${secretEnd}\\?["']?\s*[:=]\s*'(?<secret>(?:[^']|''){1,4096})'`, 'gi'),
    teaches: true,
  },
  {
    name: 'quoted value of a secret key',
    pattern: new RegExp(String.raw`${secretEnd}\\"\s*[:=]\s*\\"(?<secret>(?:(?!\\").){1,4096})\\"`, 'gi'),
  },
  {
    name: 'quoted assignment to a secret name',
    pattern: new RegExp(
      String.raw`(?<quote>["'])${secretName}=(?<secret>(?:(?!\k<quote>).){1,4096})\k<quote>`,
      'gi',
    ),
    teaches: true,
  },
  {
    name: 'value of a secret key',
    pattern: new RegExp(
      String.raw`^[ \t]*(?:- )?(?:export )?["']?${secretName}["']?[ \t]*[:=][ \t]*(?!["'|>{[\s\\]|${notSecret})(?<secret>\S.*)$`,
      'gim',
    ),
    teaches: true,
  },
  {
    name: 'value of a secret key',
    pattern: new RegExp(
      String.raw`${secretEnd}[ \t]*[:=][ \t]*(?!["'\\{[|>\s]|(?:true|false|null)\b|\*\*\*)(?<secret>[^\s,;&}\])"']+)`,
      'gi',
    ),
    teaches: true,
  },
  // mosquitto.conf(5) separates name and value by blanks.
  {
    name: 'password in mosquitto.conf',
    pattern:
      /^[ \t]*(?:#[ \t]*)?(?:remote_password|bridge_psk|password|psk)[ \t]+(?![=:\s]|\*\*\*)(?<secret>\S.*)$/gm,
    teaches: true,
  },
  {
    name: 'secret on a command line',
    pattern:
      /\s--?[\w-]{0,40}(?:token|password|passwd|secret|passphrase)(?:=|\s+)(?!["']?\*\*\*)(?<secret>"[^"]*"|'[^']*'|[^\s"'-][^\s"']*)/gi,
    teaches: true,
  },
  {
    name: 'secret on a command line',
    pattern:
      /\b(?:mosquitto_(?:pub|sub|rr)\b[^\n]{0,500}?\s(?:-P|--pw)|curl\b[^\n]{0,500}?\s(?:-u|--user))[ =](?!\*\*\*)(?<secret>\S+)/g,
    teaches: true,
  },
  // Device payloads are confidential. EventBus logs them when it cannot deliver them.
  { name: 'MQTT payload', pattern: /\bmessage channel is full, message: (?<secret>[^\n]+)/g },
  { name: 'MQTT payload', pattern: /\bmarshal message (?<secret>[^\n]+)/g, until: ' error' },
  {
    name: 'MQTT payload',
    pattern:
      /\b(?:payload|content|(?:message|msg) body)\\?["']?[ \t]*[:=][ \t]*(?!\s|\*\*\*)(?<secret>[^\n]+)/gi,
  },
  { name: 'MQTT payload', pattern: /\bbody[ \t]{0,4}(?<secret>[[{"][^\n]+)/gi },
  {
    name: 'MQTT payload',
    pattern: /\bmosquitto_(?:pub|rr)\b[^\n]{0,500}?\s(?:-m|--message)[ =](?<secret>[^\n]+)/g,
  },
]

const secretKey = new RegExp(`^(?:${secretName}|(?:proxy-)?authorization|(?:set-)?cookie|auth|payload)$`, 'i')

/** Is the value of this JSON key secret? */
export const isSecretKey = (key: string): boolean => secretKey.test(key)
