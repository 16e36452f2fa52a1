import { expect, test } from 'vitest'
import { logSourceOf } from '../../../src/facts/edgecore-log-source.ts'
import { parseUnit } from '../../../src/node/systemd.ts'

const file = (path: string) => ({ kind: 'file', path })
const journal = { kind: 'journal' }
const program = '/usr/local/bin/edgecore --config /etc/kubeedge/config/edgecore.yaml'

test.each([
  ['nothing set', program, 'inherit', 'journal', journal],
  ['an older systemd', program, '', '', journal],
  ['syslog', program, 'inherit', 'syslog+console', journal],
  ['output to a file', program, 'inherit', 'append:/var/log/edgecore.log', file('/var/log/edgecore.log')],
  ['errors to another file', program, 'file:/var/log/e.log', 'append:/var/log/o.log', file('/var/log/e.log')],
  ['only the output goes nowhere', program, 'journal', 'null', journal],
  ['nowhere', program, 'null', 'journal', { kind: 'unseen', reason: 'the unit has StandardError=null' }],
  ['log_file without effect', `${program} --log_file=/var/log/e.log`, 'inherit', 'journal', journal],
  [
    'log_file',
    `${program} --logtostderr=false --log_file=/var/log/e.log`,
    'inherit',
    'journal',
    file('/var/log/e.log'),
  ],
  [
    'log-file',
    `${program} --log-file /var/log/e.log --logtostderr=false`,
    'inherit',
    'journal',
    file('/var/log/e.log'),
  ],
  [
    'log_dir',
    `${program} --logtostderr=false --log_dir=/var/log/kubeedge`,
    'inherit',
    'journal',
    file('/var/log/kubeedge/edgecore.INFO'),
  ],
  [
    'files in the default directory',
    `${program} --logtostderr=false`,
    'inherit',
    'journal',
    file('/tmp/edgecore.INFO'),
  ],
  [
    'both',
    `${program} --logtostderr=false --log_file=/var/log/e.log --alsologtostderr`,
    'inherit',
    'journal',
    journal,
  ],
  ['a shell', `/bin/sh -c ${program} >> /var/log/e.log 2>&1`, 'inherit', 'journal', file('/var/log/e.log')],
  [
    'a shell, in short',
    `/bin/bash -c ${program} &>/var/log/e.log`,
    'inherit',
    'journal',
    file('/var/log/e.log'),
  ],
  [
    'a shell that redirects the output only',
    `/bin/sh -c ${program} >/var/log/e.log`,
    'inherit',
    'journal',
    journal,
  ],
  [
    'a shell, nowhere',
    `/bin/sh -c ${program} >/dev/null 2>&1`,
    'inherit',
    'journal',
    { kind: 'unseen', reason: 'ExecStart discards it (/dev/null)' },
  ],
])('%s', (_, command, error, output, source) => {
  // systemd 252 and 257 show no path.
  const shown = (setting: string) => setting.replace(/:.*/, '')
  const files = `[Service]\nStandardError=append:/var/log/old.log\nStandardError=${error}\nStandardOutput=${output}`
  const text = `ExecStart={ path=/x ; argv[]=${command} ; ignore_errors=no }\nStandardError=${shown(error)}\nStandardOutput=${shown(output)}`
  expect(logSourceOf(parseUnit('edgecore.service', text, 0), files)).toEqual(source)
})
