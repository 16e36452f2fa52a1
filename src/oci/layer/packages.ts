/** A package of a Linux distribution inside an image. */
export interface InstalledPackage {
  /** Type of a package URL: https://github.com/package-url/purl-spec */
  type: 'apk' | 'deb'
  name: string
  version: string
  architecture: string
}

export interface InstalledPackages {
  /** `ID` and `VERSION_ID` of os-release(5), such as `alpine` and `3.20.3`; undefined when the image has none. */
  distribution: { id: string; version: string } | undefined
  /** Sorted by type and name. */
  packages: InstalledPackage[]
}

/** Packages in the apk and dpkg databases among `files` (path -> content). */
export function readPackages(files: ReadonlyMap<string, Buffer>): InstalledPackages {
  const packages: InstalledPackage[] = []
  for (const [path, bytes] of files) {
    if (path.endsWith('/apk/db/installed')) packages.push(...readApk(bytes.toString()))
    // status.d also has the checksums of each package's files.
    else if (path.startsWith('/var/lib/dpkg/') && !path.endsWith('.md5sums'))
      packages.push(...readDpkg(bytes.toString()))
  }
  const release = files.get('/etc/os-release') ?? files.get('/usr/lib/os-release')
  const distinct = new Map(packages.map(found => [keyOf(found), found]))
  return {
    distribution: release && readRelease(release.toString()),
    packages: [...distinct.keys()].sort().flatMap(key => distinct.get(key) ?? []),
  }
}

const keyOf = ({ type, name, version, architecture }: InstalledPackage): string =>
  [type, name, version, architecture].join('\0')

/** https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2 */
function readApk(text: string): InstalledPackage[] {
  return stanzas(text, /^([A-Za-z]):(.*)$/).flatMap(fields => {
    const [name, version, architecture] = ['P', 'V', 'A'].map(key => fields.get(key))
    if (!name || !version) return []
    return [{ type: 'apk', name, version, architecture: architecture ?? '' }]
  })
}

/** Packages with the status `installed`: https://manpages.debian.org/bookworm/dpkg/dpkg-query.1.en.html */
function readDpkg(text: string): InstalledPackage[] {
  return stanzas(text, /^([A-Za-z-]+):\s*(.*)$/).flatMap(fields => {
    const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map(key => fields.get(key))
    const status = fields.get('Status') ?? 'installed'
    if (!name || !version || !/(^| )installed$/.test(status)) return []
    return [{ type: 'deb', name, version, architecture: architecture ?? '' }]
  })
}

function stanzas(text: string, field: RegExp): Map<string, string>[] {
  return text.split(/\n\s*\n/).map(stanza => {
    const fields = new Map<string, string>()
    for (const line of stanza.split('\n')) {
      const [, key, value] = field.exec(line) ?? []
      if (key !== undefined && !fields.has(key)) fields.set(key, value ?? '')
    }
    return fields
  })
}

function readRelease(text: string): InstalledPackages['distribution'] {
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(text)?.[1]
  const id = value('ID')
  return id === undefined ? undefined : { id, version: value('VERSION_ID') ?? '' }
}
