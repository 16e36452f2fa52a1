import type { Report } from '../../doctor/report-schema.ts'
import { metricLines, type Sample } from '../../http/prometheus.ts'
import { plainText } from '../print.ts'

/** Names of machines come from strangers. */
const metric = (name: string, help: string, samples: readonly Sample[]): string[] =>
  metricLines(
    'gauge',
    name,
    help,
    samples.map(([labels, value]) => [
      Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, plainText(text)])),
      value,
    ]),
  )

/** A report for the node_exporter textfile collector. */
export function formatPrometheus({
  at,
  edgekit,
  node,
  kubeedgeVersion,
  checks,
  causes,
  summary,
  exitCode,
}: Report): string {
  const about = {
    version: edgekit,
    kubeedge: kubeedgeVersion ?? '',
    hostname: node?.hostName ?? '',
    os: node?.os ?? '',
    arch: node?.arch ?? '',
  }
  return [
    ...metric('edgekit_doctor_info', 'Version of edgekit, and the machine.', [[about, 1]]),
    ...metric('edgekit_doctor_timestamp_seconds', 'Unix time of the check.', [[{}, Date.parse(at) / 1000]]),
    ...metric('edgekit_doctor_exit_code', 'Exit code of edgekit doctor: 0 means no problems.', [
      [{}, exitCode],
    ]),
    ...metric(
      'edgekit_doctor_checks',
      'Number of checks by status.',
      Object.entries(summary).map(([status, count]) => [{ status }, count]),
    ),
    ...metric(
      'edgekit_doctor_check',
      'Status of each check in the label status; the value is always 1.',
      checks.map(({ id, group, status }) => [{ check: id, group, status }, 1]),
    ),
    ...metric(
      'edgekit_doctor_cause',
      'Failed checks that no other failed check explains.',
      causes.map(id => [{ check: id }, 1]),
    ),
  ].join('\n')
}
