import { escaped } from '../report/xml.ts'

/** HTML that needs no further escaping; only `html` makes it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | readonly Html[] | undefined

const textOf = (value: Value): string => {
  if (value === undefined) return ''
  if (value instanceof Html) return value.text
  return typeof value === 'object' ? value.map(({ text }) => text).join('\n') : escaped(String(value))
}

/**
 * HTML from a template. Everything in it is escaped unless it is `Html` itself: topics, client ids and reasons of a broker, and
 * logs of a node come from strangers. Values belong between tags or in double quotes.
 */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.reduce((all, part, index) => `${all}${textOf(values[index - 1])}${part}`))
