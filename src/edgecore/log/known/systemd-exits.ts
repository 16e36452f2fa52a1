import type { KnownLine } from './known-line.ts'

/** systemd's reasons for a process that ended or could not start (systemd.exec(5), "Process exit codes"). */
export const systemdExits: readonly KnownLine[] = [
  {
    code: 'exec-format',
    pattern:
      /(?:Failed at step EXEC spawning (?<program>\S{1,200}): |Failed to execute command: )Exec format error/,
    text: 'systemd cannot start the edgecore program: it is built for another architecture, or damaged (Exec format error)',
    remedy: 'Install the program for this architecture.',
    commands: ['uname -m', 'file "$(command -v edgecore)"'],
  },
  {
    code: 'exec-missing',
    pattern:
      /(?:Failed at step EXEC spawning (?<program>\S{1,200}): |Failed to execute command: |Unable to locate executable )(?:'\S{1,200}': )?No such file or directory/,
    text: 'systemd cannot start the edgecore program: it is not where ExecStart of the unit names it',
    remedy: 'Install the program, or correct ExecStart.',
    commands: ['systemctl cat edgecore', 'ls -l "$(command -v edgecore)"'],
  },
  {
    code: 'exec-permission',
    pattern: /(?:Failed at step EXEC spawning \S{1,200}: |Failed to execute command: )Permission denied/,
    text: 'systemd may not execute the edgecore program (Permission denied)',
    remedy: 'Make the program executable, on a file system that is mounted without noexec.',
    commands: [
      'ls -l "$(command -v edgecore || echo /usr/local/bin/edgecore)"',
      'findmnt -T /usr/local/bin',
      'chmod 755 /usr/local/bin/edgecore',
    ],
  },
  {
    code: 'exec',
    pattern:
      /(?:Failed at step EXEC|Failed to execute command)[^\n]{0,200}?: (?<reason>[A-Z][^\n:]{1,80})$|status=203\/EXEC/m,
    text: 'systemd cannot start the edgecore program (203/EXEC): it is missing, not executable, or for another architecture',
    remedy: 'Check the program that ExecStart names.',
    commands: ['systemctl cat edgecore', 'uname -m', 'file "$(command -v edgecore)"'],
  },
  {
    code: 'oom-killed',
    pattern: /oom-kill|killed by the OOM killer|Killed process \d{1,10} \(edgecore\)/,
    text: 'the kernel killed EdgeCore because memory ran out',
    remedy: 'Free memory, or raise MemoryMax of the unit.',
    commands: ['free -h', 'systemctl show edgecore -p MemoryMax', 'journalctl -k | grep -i "out of memory"'],
  },
  {
    code: 'unit-setup',
    pattern:
      /(?:Main|Control) process exited, code=exited, status=(?<status>2\d\d\/(?!EXCEPTION)[A-Z_]{2,30})/,
    text: 'systemd cannot set up the process of the unit (status {status})',
    remedy: 'Correct the setting of the unit that the status names (systemd.exec(5)).',
    commands: ['systemctl cat edgecore'],
  },
  {
    code: 'illegal-instruction',
    pattern: /status=4\/ILL/,
    text: "EdgeCore uses an instruction that this node's processor does not have",
    remedy: 'Install an EdgeCore that is built for this processor.',
    commands: ['uname -m', 'lscpu'],
  },
  {
    code: 'crashed',
    pattern:
      /Main process exited, code=(?:killed|dumped), status=(?<status>\d{1,2}\/(?:ABRT|SEGV|BUS|FPE|SYS|TRAP))/,
    text: 'EdgeCore crashed ({status}), which is a bug in it or bad memory',
    remedy: 'Look for a panic before the end, and upgrade KubeEdge or report the bug with it.',
    commands: ['journalctl -u edgecore -n 100 --no-pager'],
  },
  {
    code: 'killed',
    pattern: /Main process exited, code=(?:killed|dumped), status=(?<status>\d{1,3}\/(?!TERM)\w{1,12})/,
    text: 'a signal ended EdgeCore ({status})',
    remedy: 'Find what sent the signal.',
    commands: ['journalctl -k --no-pager -n 50'],
  },
  {
    code: 'start-timeout',
    pattern: /Failed with result 'timeout'|(?:start|stop) operation timed out/i,
    text: 'EdgeCore did not start or stop within the time that the unit allows',
    remedy: 'Check Type= and the time-outs of the unit: EdgeCore is Type=simple.',
    commands: ['systemctl cat edgecore'],
  },
  {
    code: 'start-limit',
    pattern: /Start request repeated too quickly|Failed with result 'start-limit-hit'/,
    text: 'systemd has stopped starting EdgeCore, because it ended too often, and the log does not show why',
    remedy: 'Find the reason in earlier lines, correct it, and start EdgeCore again.',
    commands: [
      'journalctl -u edgecore -n 200 --no-pager',
      'systemctl reset-failed edgecore',
      'systemctl start edgecore',
    ],
  },
  {
    code: 'exited',
    pattern: /Main process exited, code=exited, status=(?<status>[1-9]\d{0,2}(?:\/[A-Z_]{1,30})?)/,
    text: 'EdgeCore ended with status {status}, and its log has no reason that edgekit recognizes',
    remedy: 'Read the last lines before the end.',
    commands: ['journalctl -u edgecore -n 100 --no-pager'],
  },
  {
    code: 'exited',
    pattern: /Main process exited(?!,)|Failed with result/,
    text: 'EdgeCore ended by itself, and its log has no reason that edgekit recognizes',
    remedy: 'Read the last lines before the end.',
    commands: ['journalctl -u edgecore -n 100 --no-pager'],
  },
  {
    code: 'restarting',
    pattern: /Scheduled restart job/,
    text: 'systemd starts EdgeCore again and again, and the log does not show why it ends',
    remedy: 'Read the whole journal of the unit.',
    commands: ['journalctl -u edgecore -n 200 --no-pager'],
  },
]
