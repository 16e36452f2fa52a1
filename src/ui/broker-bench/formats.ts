import type { BenchReport } from '../../broker-bench/run/report.ts'
import { formatBrokerBenchHtml } from '../html/broker-bench.ts'
import { formatBrokerBench } from './text.ts'

/** Report formats. `text` is for people and shortened; the others are complete. */
export const brokerBenchFormats = {
  text: formatBrokerBench,
  json: (report: BenchReport): string => JSON.stringify(report, null, 2),
  html: formatBrokerBenchHtml,
}

export const brokerBenchFormatNames = Object.keys(brokerBenchFormats) as (keyof typeof brokerBenchFormats)[]
