export const containerdConfigFile = '/etc/containerd/config.toml'

/** For a file that containerd cannot read. */
export const containerdConfigRemedy = {
  text: 'Correct the file at the line containerd names, then check it.',
  commands: [`\${EDITOR:-vi} ${containerdConfigFile}`, 'containerd config dump >/dev/null'],
}
