import type { Report } from '../../doctor/report-schema.ts'
import { formatDoctorHtml } from '../html/doctor.ts'
import { formatJunit } from './junit.ts'
import { formatMarkdown } from './markdown.ts'
import { formatPrometheus } from './prometheus.ts'
import { formatReport } from './report.ts'

/** Report formats. `text` is for people and shortened; the others are complete. */
export const formats = {
  text: formatReport,
  json: (report: Report): string => JSON.stringify(report, null, 2),
  junit: formatJunit,
  markdown: formatMarkdown,
  html: formatDoctorHtml,
  prometheus: formatPrometheus,
}

export type Format = keyof typeof formats
export const formatNames = Object.keys(formats) as Format[]
