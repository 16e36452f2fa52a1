import { createHash } from 'node:crypto'
import { Html, html } from './html.ts'
import { style } from './style.ts'

/** Nothing is loaded, nothing is run: only this style applies. https://www.w3.org/TR/CSP3/ */
const policy = (): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const statusesOf = { green: 'pass', yellow: 'warn', red: 'fail', dim: 'skip' } as const

interface Page {
  title: string
  /** The machine or the broker, and what was done with it. */
  subtitle: string
  verdict: { color: keyof typeof statusesOf; text: string }
  /** When, by which edgekit, on what. */
  origin: string
  content: readonly Html[]
}

/** A report in one file that needs no network. */
export function page({ title, subtitle, verdict, origin, content }: Page): string {
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>${style}</style>`
  return html`${new Html(head)}
<title>${title}: ${subtitle}</title>
</head>
<body>
<h1>${title}</h1>
<p>${subtitle}</p>
<p class="verdict ${statusesOf[verdict.color]}">${verdict.text}</p>
<p class="dim">${origin}</p>
${content}
</body>
</html>`.text
}

const words = {
  pass: 'ok',
  warn: 'warning',
  fail: 'failed',
  skip: 'skipped',
  error: 'not checked',
  inconclusive: 'inconclusive',
} as const

/** The result of a check or a test, in a word and a color. */
export const statusOf = (status: keyof typeof words): Html =>
  html`<span class="status ${status}">${words[status]}</span>`

/** Large numbers, side by side. */
export const numbers = (items: readonly (readonly [name: string, value: string])[]): Html =>
  html`<div class="numbers">
${items.map(([name, value]) => html`<div><b>${value}</b><span class="dim">${name}</span></div>`)}
</div>`

export const table = (columns: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  html`<div class="wide"><table>
<thead><tr>${columns.map(name => html`<th>${name}</th>`)}</tr></thead>
<tbody>
${rows.map(cells => html`<tr>${cells.map(cell => html`<td>${cell}</td>`)}</tr>`)}
</tbody>
</table></div>`

/** What a reader may skip. */
export const folded = (summary: string, content: Html): Html =>
  html`<details><summary>${summary}</summary>
${content}
</details>`

export const block = (lines: readonly string[]): Html | undefined =>
  lines.length === 0 ? undefined : html`<pre>${lines.join('\n')}</pre>`
