import type { Report } from '../../doctor/report-schema.ts'

/** https://prometheus.io/docs/instrumenting/exposition_formats/: backslash, quote and line end are escaped. */
const label = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

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

/** A report for the textfile collector of node_exporter. */
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
    ...metric('edgekit_doctor_info', 'The edgekit that looked, and the machine.', [[about, 1]]),
    ...metric('edgekit_doctor_timestamp_seconds', 'When the node was looked at, since 1970.', [
      [{}, Date.parse(at) / 1000],
    ]),
    ...metric('edgekit_doctor_exit_code', 'What edgekit doctor ends with: 0 when all is well.', [
      [{}, exitCode],
    ]),
    ...metric(
      'edgekit_doctor_checks',
      'How many checks have which result.',
      Object.entries(summary).map(([status, count]) => [{ status }, count]),
    ),
    ...metric(
      'edgekit_doctor_check',
      'The result of each check, in the label status; the value is always 1.',
      checks.map(({ id, group, status }) => [{ check: id, group, status }, 1]),
    ),
    ...metric(
      'edgekit_doctor_cause',
      'Failed checks that no other failed check explains.',
      causes.map(id => [{ check: id }, 1]),
    ),
  ].join('\n')
}
