/**
 * The keys of edgecore.yaml that EdgeCore v1.12 to v1.23 and the next release read, by section (componentconfig v1alpha2
 * types.go of every release). `[]` is a list, `*` a map with any keys, `:16` a key since v1.16, `:12-17` one of v1.12 to v1.17.
 * v1.12 reads kubelet's own configuration in tailoredKubeletConfig, which has what later versions took over.
 */
export const keyTable: Readonly<Record<string, string>> = {
  '': 'apiVersion edgecoreVersion:21 featureGates* kind',
  database: 'aliasName dataSource driverName',
  'modules.dbTest': 'enable',
  'modules.deviceTwin': 'dmiSockPath:16 enable',
  'modules.edgeHub': `
    enable heartbeat httpServer messageBurst messageQPS projectID rotateCertificates tlsCaFile tlsCertFile
    tlsPrivateKeyFile token`,
  'modules.edgeHub.quic': 'enable handshakeTimeout readDeadline server writeDeadline',
  'modules.edgeHub.websocket': 'enable handshakeTimeout readDeadline server writeDeadline',
  'modules.edgeStream': `
    enable handshakeTimeout readDeadline server tlsTunnelCAFile tlsTunnelCertFile tlsTunnelPrivateKeyFile
    writeDeadline`,
  'modules.edged': `
    certDirectory:12-12 cniBinDir:12-13 cniCacheDir:12-13 cniConfDir:12-13 containerRuntime:12-17
    customInterfaceName dockerEndpoint:12-13 dockershimRootDirectory:12-13 enable exitOnLockContention:12-12
    experimentalCheckNodeCapabilitiesBeforeMount:12-13 experimentalMounterPath
    experimentalNodeAllocatableIgnoreEvictionThreshold hostnameOverride imageCredentialProviderBinDir:12-12
    imageCredentialProviderConfigFile:12-12 imagePullProgressDeadline:12-13 keepTerminatedPodVolumes:12-21
    kubeConfig:12-12 kubeletConfigFile:12-12 lockFilePath:12-12 masterServiceNamespace:12-17
    maxContainerCount maxPerPodContainerCount minimumGCAge networkPluginMTU:12-13 networkPluginName:12-13
    nodeIP nodeLabels* nonMasqueradeCidr:12-13 podSandboxImage registerNode:12-17 registerNodeNamespace
    registerSchedulable registerWithTaints[]:12-17 remoteImageEndpoint:12-17 remoteRuntimeEndpoint:12-17
    reportEvent:19 rootDirectory runtimeCgroups seccompDefault seccompProfileRoot:12-13 windowsPriorityClass
    windowsService`,
  'modules.edged.tailoredKubeletConfig': `
    address allowedUnsafeSysctls[] cgroupDriver cgroupRoot cgroupsPerQOS clusterDNS[] clusterDomain
    configMapAndSecretChangeDetectionStrategy containerLogMaxFiles containerLogMaxSize
    containerLogMaxWorkers:20 containerLogMonitorInterval:20 containerRuntimeEndpoint:16 contentType
    cpuCFSQuota cpuCFSQuotaPeriod cpuManagerPolicy cpuManagerPolicyOptions* cpuManagerReconcilePeriod
    crashLoopBackOff*:23 enableContentionProfiling enableControllerAttachDetach enableDebugFlagsHandler
    enableDebuggingHandlers enableProfilingHandler enableSystemLogHandler enableSystemLogQuery:16
    enforceNodeAllocatable[] eventBurst eventRecordQPS evictionHard* evictionMaxPodGracePeriod
    evictionMinimumReclaim* evictionPressureTransitionPeriod evictionSoft* evictionSoftGracePeriod*
    failCgroupV1:22 failSwapOn featureGates* fileCheckFrequency:17 hairpinMode imageGCHighThresholdPercent
    imageGCLowThresholdPercent imageMaximumGCAge:18 imageMinimumGCAge imageServiceEndpoint:16
    iptablesDropBit iptablesMasqueradeBit kernelMemcgNotification kubeReserved* kubeReservedCgroup
    kubeletCgroups localStorageCapacityIsolation:16 logging* makeIPTablesUtilChains maxOpenFiles
    maxParallelImagePulls:16 maxPods memoryManagerPolicy memorySwap* memoryThrottlingFactor
    nodeLeaseDurationSeconds nodeStatusMaxImages nodeStatusReportFrequency nodeStatusUpdateFrequency
    oomScoreAdj podCIDR podLogsDir:20 podPidsLimit podsPerCore protectKernelDefaults qosReserved*
    readOnlyPort registerNode registerWithTaints[] registryBurst registryPullQPS reservedMemory[]
    reservedSystemCPUs resolvConf runtimeRequestTimeout seccompDefault serializeImagePulls
    showHiddenMetricsForVersion shutdownGracePeriod shutdownGracePeriodByPodPriority[]
    shutdownGracePeriodCriticalPods singleProcessOOMKill:23 staticPodPath:15 streamingConnectionIdleTimeout
    syncFrequency systemCgroups systemReserved* systemReservedCgroup topologyManagerPolicy
    topologyManagerPolicyOptions*:16 topologyManagerScope volumePluginDir volumeStatsAggPeriod`,
  'modules.eventBus': `
    enable mqttMode mqttPassword mqttPubClientID mqttQOS mqttRetain mqttServerExternal mqttServerInternal
    mqttSessionQueueSize mqttSubClientID mqttUsername`,
  'modules.eventBus.eventBusTLS': 'enable tlsMqttCAFile tlsMqttCertFile tlsMqttPrivateKeyFile',
  'modules.metaManager': 'contextSendGroup contextSendModule enable remoteQueryTimeout',
  'modules.metaManager.metaServer': `
    apiAudiences[]:14 dummyServer:17 enable server serviceAccountIssuers[]:14 serviceAccountKeyFiles[]:14
    tlsCaFile tlsCertFile tlsPrivateKeyFile`,
  'modules.serviceBus': 'enable port server timeout tlsCertFile:24 tlsPrivateKeyFile:24',
  'modules.taskManager': 'enable:21',
}
