import { paths } from '../../node/paths.ts'
import { editConfig, type KnownProblem } from './known-problem.ts'

const directory = paths.brokerDirectory

/** Errors in mosquitto.conf (src/conf.c, mosquitto.c, plugin*.c and logging.c of mosquitto 2.0.18 to 2.1.2). */
export const configurationProblems: readonly KnownProblem[] = [
  {
    code: 'configuration-missing',
    pattern: /^Error: (?:Unable to open config file|Config file '?\S+?'? is a directory)/,
    text: 'mosquitto.conf is missing or not readable for root',
    remedy: 'Restore it with the edgekit of the bundle.',
    commands: [`./edgekit install --force=${paths.brokerConfig}`, `ls -l ${paths.brokerConfig}`],
  },
  {
    code: 'include-directory',
    pattern: /^Error: Unable to open include_dir '(.+)'/,
    text: 'include_dir in mosquitto.conf names $1, which does not exist',
    remedy: 'Create the directory, or remove the line include_dir.',
    commands: [`grep -n include_dir ${paths.brokerConfig}`, `mkdir -p ${directory}/conf.d`],
  },
  {
    code: 'configuration',
    pattern: /^Error found at '?(.+?):(\d+)'?\.$/,
    text: '$1 has an error in line $2',
    remedy: 'Correct the line, or restore mosquitto.conf with the edgekit of the bundle.',
    commands: [editConfig, `./edgekit install --force=${paths.brokerConfig}`],
  },
  {
    // Found only after the last line, so without its number.
    code: 'bridge',
    pattern: /^Error: (?:Invalid bridge configuration: (.+)|'.+': Cannot use both .+)\.$/,
    text: 'a bridge (connection) in mosquitto.conf is not complete, or contradicts itself',
    remedy: 'Correct or remove the lines of the connection.',
    commands: [`grep -rnE "^ *(connection|address|topic|bridge_)" ${directory}`, editConfig],
  },
  {
    code: 'plugin',
    pattern:
      /^Error: (?:Unable to load (?:auth )?plugin "?(.+?)"?\.$|(?:Authentication p|P)lugin returned|Unsupported auth plugin version|Plugin has missing)/,
    text: 'mosquitto.conf names a plugin that the broker cannot load',
    remedy:
      'Correct or remove the line with the plugin. Its file must be in the image, or mounted, and built for the C library of the image.',
    commands: [`grep -rnE "^ *(auth_|global_)?plugin" ${directory}`, editConfig],
  },
]
