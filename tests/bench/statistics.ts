/** Percentiles as measurements are reported. */

/** The smallest of the values that at least `share` of them do not exceed (nearest rank); null when there is none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? null;
}

/** In milliseconds, to a tenth. */
export type Spread = { readonly p50: number | null; readonly p99: number | null };

export const spreadOf = (values: readonly number[]): Spread => ({
  p50: rounded(percentile(values, 0.5), 1),
  p99: rounded(percentile(values, 0.99), 1),
});

export function rounded(value: number, digits: number): number;
export function rounded(value: number | null, digits: number): number | null;
export function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
