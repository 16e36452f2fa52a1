/**
 * The programs with which edgekit changes a node outside its own files. Each runs behind a switch that can cut the power
 * when it has ended: the moment is chosen, not hoped for.
 */
const programs = { ctr: '/usr/bin/ctr', systemctl: '/usr/bin/systemctl', sync: '/usr/bin/sync' }

/**
 * Where the switch is set: an extended regular expression for the call after which the power goes, `NUMBER PROGRAM
 * ARGUMENTS`. In memory, so a cut is not repeated.
 */
export const cutAfter = '/run/lab-cut-after'
/** Where the calls are listed that change something, if this file exists. */
export const callLog = '/run/lab-calls'

const script = (name: string, path: string): string => `#!/bin/sh
${path} "$@"
code=$?
case "${name} $*" in
  *' images import '*|*' images label '*|*' images rm '*|*' leases '*|*' snapshots rm '*|*' content rm '*|\\
  'systemctl start '*|'systemctl restart '*|'systemctl stop '*|'systemctl --no-reload '*|\\
  'systemctl daemon-reload'*|'sync '*)
    # Programs run beside one another.
    exec 9>>/run/lab-lock
    flock 9
    if [ -e ${callLog} ]; then
      echo "${name} $*" >>${callLog}
      if [ -e ${cutAfter} ] && echo "$(wc -l <${callLog}) ${name} $*" | grep -Eqf ${cutAfter}; then
        echo b >/proc/sysrq-trigger
        sleep 60
      fi
    fi
    ;;
esac
exit $code
`

/** Files of a machine by path. */
export const powerSwitch: Record<string, string> = Object.fromEntries(
  Object.entries(programs).map(([name, path]) => [`/usr/local/bin/${name}`, script(name, path)]),
)
