/** Hides a value that is not known to be harmless: remembers it, to mask it elsewhere, and returns what to show. */
export type Hide = (value: string) => string

/** Rewrites a text so that only what is on its list stays. */
type AllowList = (text: string, hide: Hide) => string

/** The configuration texts of a support archive, by their files. A comment can have an old password. */
const allowLists: readonly (readonly [file: RegExp, list: AllowList])[] = [
  [/^config\/mosquitto\.conf$/, mosquittoConf],
  [/^config\//, text => text.replace(/(^|\s)#.*$/gm, '$1#')],
  [/^containerd\/config\.toml$/, containerdConfig],
  [/^units\//, unit],
]

/** Removes what is not on the allow-list of this file; any other file is unchanged. */
export const keepAllowed = (file: string, text: string, hide: Hide): string =>
  allowLists.find(([pattern]) => pattern.test(file))?.[1](text, hide) ?? text

/** mosquitto.conf(5) of 2.0 and 2.1, without what takes passwords, keys, and options of plugins. */
const brokerOptions = new Set(
  `acl_file address addresses allow_anonymous allow_duplicate_messages allow_zero_length_clientid auth_plugin
  auto_id_prefix autosave_interval autosave_on_changes bind_address bind_interface bridge_alpn
  bridge_attempt_unsubscribe bridge_bind_address bridge_cafile bridge_capath bridge_certfile bridge_insecure bridge_keyfile
  bridge_max_packet_size bridge_max_topic_alias bridge_outgoing_retain bridge_protocol_version bridge_require_ocsp
  bridge_tls_version cafile capath certfile check_retain_source ciphers ciphers_tls1.3 clean_session cleansession
  clientid_prefixes connection connection_messages crlfile dhparamfile global_max_clients global_plugin http_dir
  idle_timeout include_dir keepalive_interval keyfile listener listener_allow_anonymous local_clientid local_username
  log_dest log_facility log_timestamp log_timestamp_format log_type max_connections max_inflight_bytes
  max_inflight_messages max_keepalive max_packet_size max_qos max_queued_bytes max_queued_messages max_topic_alias
  memory_limit message_size_limit mount_point notification_topic notifications notifications_local_only password_file
  per_listener_settings persistence persistence_file persistence_location persistent_client_expiration pid_file plugin
  port protocol psk_file psk_hint queue_qos0_messages remote_clientid remote_username require_certificate
  restart_timeout retain_available retain_expiry_interval retained_persistence round_robin set_tcp_nodelay socket_domain
  start_type store_clean_interval sys_interval threshold tls_engine tls_keyform tls_version topic try_private
  upgrade_outgoing_qos use_identity_as_username use_subject_as_username use_username_as_clientid user
  websockets_headers_size websockets_log_level websockets_origin`.split(/\s+/),
)

function mosquittoConf(text: string, hide: Hide): string {
  return text
    .split('\n')
    .map(line => {
      const [, before = '', option = '', value = ''] = /^(\s*)(\S*)\s*(.*)$/.exec(line) ?? []
      if (option.startsWith('#')) return `${before}#`
      return value === '' || brokerOptions.has(option) ? line : `${before}${option} ${hide(value)}`
    })
    .join('\n')
}

/** The settings of containerd 1.4 to 2.1 for running containers; those of registries have passwords and headers. */
const runtimeSettings = new Set(
  `address address_v6 base_runtime_spec bin_dir bin_dirs binaryname conf_dir conf_template config_path criupath
  default_runtime_name disabled_plugins endpoint format imports io_gid io_uid level max_conf_num netns_mounts_under_state_dir
  net_ns_mounts path platform privileged_without_host_devices_all_devices_allowed pod_annotations container_annotations
  returns required_plugins root root_path runtime_engine runtime_path runtime_root runtime_type sandbox sandbox_image
  sandbox_mode sandboxer shim shim_cgroup shimcgroup snapshotter state stats_collect_period stream_server_address
  stream_server_port stream_idle_timeout systemdcgroup temp type unpack_config upperdir_label version pinned_images
  registry_config_path default_runtime no_shim runtime drain_exec_sync_io_timeout cni_bin_dir cni_conf_dir`.split(
    /\s+/,
  ),
)

/** The output of `containerd config dump`: one setting per line. */
function containerdConfig(text: string, hide: Hide): string {
  return text
    .split('\n')
    .map(line => {
      const [, before, key, value] = /^(\s*"?([\w./-]+)"?\s*=\s*)(.*)$/.exec(line) ?? []
      if (before === undefined || key === undefined || value === undefined)
        return /^\s*(\[.*\])?$/.test(line) ? line : hide(line)
      return /^(true|false|-?[\d.]+|""|''|\[\])$/.test(value) || runtimeSettings.has(key.toLowerCase())
        ? line
        : `${before}${hide(value)}`
    })
    .join('\n')
}

/** Variables of units that have no secrets; the rules for URLs apply to proxies. */
const variables =
  /^(PATH|HOME|LANG|LC_\w+|TZ|GO\w+|DEPLOY_MQTT_CONTAINER|KUBECONFIG|CONTAINERD_\w+|(HTTPS?|NO|ALL)_PROXY)$/i

/** Output of `systemctl cat` and `systemctl show`. */
function unit(text: string, hide: Hide): string {
  return text
    .replace(/^(\s*)#(?! \/).*$/gm, '$1#')
    .replace(/^((?:Environment|SetCredential|LoadCredential)=)(.*)$/gm, (_, key: string, value: string) =>
      key.startsWith('Environment') ? key + assignments(value, hide) : key + hide(value),
    )
}

/** systemd.exec(5): assignments separated by blanks, each as a whole or its value in quotes. */
const assignments = (text: string, hide: Hide): string =>
  text.replace(
    /"(\w+)=((?:[^"\\]|\\.)*)"|'(\w+)=([^']*)'|(\w+)=("[^"]*"|'[^']*'|\S*)/g,
    (whole, ...[one, inOne, two, inTwo, bare, inBare]: (string | undefined)[]) => {
      const name = one ?? two ?? bare ?? ''
      const value = inOne ?? inTwo ?? inBare ?? ''
      return value === '' || variables.test(name) ? whole : whole.replace(value, () => hide(value))
    },
  )
