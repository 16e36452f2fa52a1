import { type Html, html } from './html.ts'

const width = 720
const height = 260
const left = 84
const right = width - 12
const top = 32
const bottom = height - 36

interface Axis {
  /** The place of a value on the page. */
  at: (value: number) => number
  ticks: { at: number; text: string }[]
}

const between = (from: number, to: number, share: number): number => from + (to - from) * share

/** A tick for each power of ten. */
function logarithmic(values: readonly number[], from: number, to: number): Axis {
  const positive = values.filter(value => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))))
  const at = (value: number): number =>
    between(from, to, (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low))
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
  return { at, ticks: powers.map(value => ({ at: at(value), text: latency(value) })) }
}

const latency = (ms: number): string =>
  ms >= 1000 ? `${ms / 1000} s` : ms < 1 ? `${Math.round(ms * 1000)} µs` : `${ms} ms`

/** At most six round steps from 0. */
function linear(most: number, unit: string, from: number, to: number): Axis {
  const rough = Math.max(most, 1e-9) / 6
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? rough
  const at = (value: number): number => between(from, to, value / most)
  const values = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
  return {
    at,
    ticks: values.map(value => ({ at: at(value), text: `${Number(value.toPrecision(3))}${unit}` })),
  }
}

const round = (value: number): string => value.toFixed(1)

const horizontal = ({ ticks }: Axis): Html[] =>
  ticks.map(
    ({ at, text }) => html`<text x="${round(at)}" y="${bottom + 22}" text-anchor="middle">${text}</text>`,
  )

const vertical = ({ ticks }: Axis): Html[] =>
  ticks.map(
    ({ at, text }) =>
      html`<line class="grid" x1="${left}" x2="${right}" y1="${round(at)}" y2="${round(at)}"/><text x="${left - 8}" y="${round(at + 4)}" text-anchor="end">${text}</text>`,
  )

const frame = (label: string, content: readonly Html[]): Html =>
  html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${content}
<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
</svg>`

interface Curve {
  name: string
  style: 'one' | 'two' | 'three'
  /** Milliseconds since the begin, and milliseconds of latency. */
  points: readonly (readonly [number, number])[]
}

/** Latencies over time; those differ by powers of ten, so their axis is logarithmic. */
export function latencyOverTime(curves: readonly Curve[], durationMs: number): Html {
  const x = linear(durationMs / 1000, ' s', left, right)
  const y = logarithmic(
    curves.flatMap(({ points }) => points.map(([, ms]) => ms)),
    bottom,
    top,
  )
  const names = curves.map(({ name }) => name).join(', ')
  return frame(`Latency over time: ${names}`, [
    ...vertical(y),
    ...horizontal(x),
    ...curves.map(
      ({ style, points }) =>
        html`<polyline class="curve ${style}" points="${points.map(([at, ms]) => `${round(x.at(at / 1000))},${round(y.at(ms))}`).join(' ')}"/>`,
    ),
    ...curves.map(({ name, style }, index) => {
      const at = left + 8 + index * 130
      return html`<line class="curve ${style}" x1="${at}" x2="${at + 20}" y1="12" y2="12"/><text class="legend" x="${at + 26}" y="16">${name}</text>`
    }),
  ])
}

/** Wider than the buckets of the report, which would be hairs. */
const barsPerDecade = 20

/** How many messages had which latency. `marks`: percentiles. */
export function latencyDistribution(
  buckets: readonly { upToMs: number; messages: number }[],
  marks: readonly (readonly [name: string, ms: number])[],
): Html {
  const barOf = (ms: number): number => Math.floor(Math.log10(ms) * barsPerDecade)
  const bars = [...Map.groupBy(buckets, ({ upToMs }) => barOf(upToMs))].map(
    ([bar, members]) => [bar, members.reduce((sum, { messages }) => sum + messages, 0)] as const,
  )
  const most = Math.max(...bars.map(([, messages]) => messages))
  const x = logarithmic([...buckets.map(({ upToMs }) => upToMs), ...marks.map(([, ms]) => ms)], left, right)
  const y = linear(most, '', bottom, top)
  const edge = (bar: number): number => x.at(10 ** (bar / barsPerDecade))
  return frame('Distribution of latencies', [
    ...vertical(y),
    ...horizontal(x),
    ...bars.map(([bar, messages]) => {
      // A single message is one of many, and still visible.
      const size = Math.max(1.5, bottom - y.at(messages))
      return html`<rect class="bar" x="${round(edge(bar))}" y="${round(bottom - size)}" width="${round(Math.max(1, edge(bar + 1) - edge(bar) - 1))}" height="${round(size)}"/>`
    }),
    ...marks.map(
      ([name, ms]) =>
        html`<line class="curve two" x1="${round(x.at(ms))}" x2="${round(x.at(ms))}" y1="${top - 6}" y2="${bottom}"/><text class="legend" x="${round(x.at(ms))}" y="${top - 12}" text-anchor="middle">${name}</text>`,
    ),
  ])
}
