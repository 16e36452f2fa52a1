import type { Receipt } from '../record/receipt.ts'
import { executePlan, type Transaction } from './execute-plan.ts'

type Common = 'node' | 'name' | 'interrupted' | 'plan' | 'prove' | 'desired' | 'runStep' | 'signal'

export interface PartialChange extends Pick<Transaction, Common> {
  receipt: Receipt
  attempt: Omit<Transaction['attempt'], 'bundle'>
  /** What the receipt has of the bundle and the options afterwards; as before by default. */
  head?: Transaction['head']
}

/**
 * Changes a part of an installed node, journaled like an install, and rolled back on failure. What else its receipt has stays.
 * Throws EdgekitError.
 */
export function changePart({ receipt, attempt, head = receipt, ...change }: PartialChange): Promise<Receipt> {
  const { name, kubeedgeVersion, manifestSha256 } = receipt.bundle
  return executePlan({
    ...change,
    attempt: { ...attempt, bundle: { name, kubeedgeVersion, manifestSha256 } },
    previous: receipt,
    head,
    isPartial: true,
    rollBackOnFailure: true,
  })
}
