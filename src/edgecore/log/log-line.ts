/** One line of EdgeCore's log: from the journal with its time and process, or bare. Plain data. */
export interface LogLine {
  text: string
  /** When it was written, milliseconds since 1970, if the journal has it. */
  time?: number
  /** The process that wrote it, if the journal has it. */
  pid?: number
  /** The program that wrote it, as syslog names it. */
  writer?: string
  /** A pager or a terminal cut its end off. */
  cut?: true
  /** The text with the likely rest of what was cut off. */
  likely?: string
}
