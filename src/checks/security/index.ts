import type { Check } from '../check.ts'
import { anonymousAccess } from './anonymous-access.ts'
import { brokerConfined } from './broker-confined.ts'
import { brokerPlaintext } from './broker-plaintext.ts'
import { leftoverJoinToken } from './leftover-join-token.ts'
import { secretFiles } from './secret-files.ts'

/** In the order they run: what others need comes first. */
export const securityChecks: readonly Check[] = [
  anonymousAccess,
  brokerPlaintext,
  brokerConfined,
  secretFiles,
  leftoverJoinToken,
]
