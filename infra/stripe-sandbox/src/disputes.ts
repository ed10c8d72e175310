/** Disputes over HTTP: retrieve, list, answer with evidence, concede. What a step does to the money is in `dispute-state.ts`. */
import type { Stripe } from 'stripe';
import { EVIDENCE_PARAM, withEvidence } from './dispute-evidence.ts';
import { concede, submitted } from './dispute-state.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, noSuch } from './errors.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { flag, mergeMetadata, metadata, oneOf, text } from './parameters.ts';
import type { Transaction } from './store.ts';

function requireDispute(tx: Transaction, id: string): Stripe.Dispute {
  const record = tx.get('dispute', id);
  if (record === undefined) throw noSuch('dispute', id, { param: 'dispute', inPath: true });
  return record.object;
}

/** Past due is a matter of the clock, so it is not kept. */
function asOf(dispute: Stripe.Dispute, now: Date): Stripe.Dispute {
  const due = dispute.evidence_details.due_by;
  const waits = dispute.status === 'needs_response' || dispute.status === 'warning_needs_response';
  const late = waits && due !== null && now.getTime() / 1000 > due;
  return late ? { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } } : dispute;
}

function checkAnswerable(dispute: Stripe.Dispute): void {
  if (dispute.status !== 'needs_response' && dispute.status !== 'warning_needs_response') {
    throw invalidRequest(`This dispute cannot take evidence because it has a status of ${dispute.status}.`, { param: 'evidence' });
  }
  if (dispute.evidence_details.past_due) {
    throw invalidRequest('This dispute cannot take evidence because its due date has passed.', { param: 'evidence' });
  }
}

export const disputeEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/disputes', { ...PAGE, ...CREATED, charge: text(), payment_intent: text() }, ({ tx, params, now }) => {
    const found = tx
      .list('dispute', params.charge ?? params.payment_intent)
      .map(({ object: dispute }) => asOf(dispute, now))
      .filter(
        (dispute) =>
          createdWithin(dispute.created, params.created) &&
          (params.payment_intent === undefined || dispute.payment_intent === params.payment_intent),
      );
    return ok(page(found, '/v1/disputes', 'dispute', params));
  }),
  endpoint('GET', '/v1/disputes/:id', {}, ({ tx, path, now }) => ok(asOf(requireDispute(tx, idIn(path)), now))),
  endpoint(
    'POST',
    '/v1/disputes/:id',
    {
      evidence: EVIDENCE_PARAM,
      intended_submission_method: oneOf('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes'),
      metadata: metadata(),
      submit: flag(),
    },
    ({ tx, path, params, now }) => {
      const dispute = asOf(requireDispute(tx, idIn(path)), now);
      const evidence = params.evidence === undefined ? dispute.evidence : withEvidence(dispute.evidence, params.evidence);
      // Stripe submits what it is given unless it is told not to.
      const submits = params.submit ?? params.evidence !== undefined;
      if (params.evidence !== undefined || submits) checkAnswerable(dispute);
      const changed: Stripe.Dispute = {
        ...dispute,
        evidence,
        evidence_details: {
          ...dispute.evidence_details,
          has_evidence: dispute.evidence_details.has_evidence || params.evidence !== undefined,
        },
        intended_submission_method: params.intended_submission_method ?? dispute.intended_submission_method,
        metadata: mergeMetadata(dispute.metadata, params.metadata),
      };
      const next = submits ? submitted(tx, changed, Math.floor(now.getTime() / 1000)) : changed;
      tx.put('dispute', next.id, { object: next });
      return ok(next);
    },
  ),
  endpoint('POST', '/v1/disputes/:id/close', {}, ({ tx, path }) => {
    const dispute = requireDispute(tx, idIn(path));
    if (dispute.status !== 'needs_response' && dispute.status !== 'warning_needs_response') {
      throw invalidRequest(`This dispute cannot be closed because it has a status of ${dispute.status}.`);
    }
    const next = concede(dispute);
    tx.put('dispute', next.id, { object: next });
    return ok(next);
  }),
];
