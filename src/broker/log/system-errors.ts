/**
 * How a C library describes a system error (strerror(3)). The first text is that of glibc, which Debian's mosquitto uses.
 * Alpine's, which bundles carry, uses musl: its text is the second where it differs (src/errno/__strerror.h of musl 1.2).
 */
export const systemErrors = {
  EACCES: ['Permission denied'],
  EADDRINUSE: ['Address already in use', 'Address in use'],
  EADDRNOTAVAIL: ['Cannot assign requested address', 'Address not available'],
  EAFNOSUPPORT: ['Address family not supported by protocol'],
  EDQUOT: ['Disk quota exceeded', 'Quota exceeded'],
  EFBIG: ['File too large'],
  EINVAL: ['Invalid argument'],
  EIO: ['Input/output error', 'I/O error'],
  EISDIR: ['Is a directory'],
  ELOOP: ['Too many levels of symbolic links', 'Symbolic link loop'],
  EMFILE: ['Too many open files', 'No file descriptors available'],
  ENAMETOOLONG: ['File name too long', 'Filename too long'],
  ENFILE: ['Too many open files in system'],
  ENODEV: ['No such device'],
  ENOENT: ['No such file or directory'],
  ENOMEM: ['Cannot allocate memory', 'Out of memory'],
  ENOSPC: ['No space left on device'],
  ENOTDIR: ['Not a directory'],
  EPERM: ['Operation not permitted'],
  EROFS: ['Read-only file system'],
  ESTALE: ['Stale file handle'],
  // musl 1.2.5 has no text of its own for a damaged file system.
  EUCLEAN: ['Structure needs cleaning', 'No error information'],
} as const

type SystemError = keyof typeof systemErrors

/** A regular expression, as text, for any of these errors in the words of either C library. */
export const inAnyLibc = (...errors: readonly SystemError[]): string =>
  `(?:${errors.flatMap(error => systemErrors[error]).join('|')})`
