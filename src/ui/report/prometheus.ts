import type { Report } from '../../doctor/report-schema.ts'
import { plainText } from '../print.ts'

/** https://prometheus.io/docs/instrumenting/exposition_formats/: escapes backslashes, quotes and line ends. */
const label = (text: string): string =>
  plainText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const sample = (name: string, labels: Record<string, string>, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${label(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`
}

function metric(name: string, help: string, samples: readonly [Record<string, string>, number][]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => sample(name, labels, value)),
  ]
}

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
