/** What is wrong, and what to do about it. Plain data. */
export interface Cause {
  /** Stable name. */
  code: string
  /** A clause that fits after `EdgeCore exits: `; names what the log names. */
  text: string
  /** One sentence or two, imperative. */
  remedy: string
  /** Commands for the remedy, each to be run as it stands. */
  commands?: string[]
}

/** A line EdgeCore is known to log, and what it means. */
export interface KnownLine {
  code: string
  /** Finds the line. Its named groups fill `{name}` in the texts below. */
  pattern: RegExp
  text: string
  remedy: string
  commands?: readonly string[]
}

/** The first row whose pattern is in `message`, with what the pattern captured filled in. */
export function causeOf(rows: readonly KnownLine[], message: string): Cause | undefined {
  for (const row of rows) {
    const match = row.pattern.exec(message)
    if (match) return fillCause(row, match.groups ?? {})
  }
  return undefined
}

function fillCause(
  { code, text, remedy, commands }: KnownLine,
  found: Record<string, string | undefined>,
): Cause {
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in found ? (found[name] ?? '') : whole))
  return {
    code,
    text: fill(text),
    remedy: fill(remedy),
    ...(commands && { commands: commands.map(fill) }),
  }
}
