import type { BrokerTestReport } from '../../broker-test/run/report.ts'
import { formatBrokerTestHtml } from '../html/broker-test.ts'
import { formatBrokerTestJunit } from './junit.ts'
import { formatBrokerTestMarkdown } from './markdown.ts'
import { formatBrokerTest } from './text.ts'

/** Report formats. `text` is for people and shortened; the others are complete. */
export const brokerTestFormats = {
  text: formatBrokerTest,
  json: (report: BrokerTestReport): string => JSON.stringify(report, null, 2),
  junit: formatBrokerTestJunit,
  markdown: formatBrokerTestMarkdown,
  html: formatBrokerTestHtml,
}

export type BrokerTestFormat = keyof typeof brokerTestFormats
export const brokerTestFormatNames = Object.keys(brokerTestFormats) as BrokerTestFormat[]
