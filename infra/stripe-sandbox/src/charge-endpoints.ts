/** Charges over HTTP: retrieve, list, and the few fields that can change afterwards. */
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { noSuch } from './errors.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { mergeMetadata, metadata, text } from './parameters.ts';
import type { ChargeRecord } from './records.ts';
import type { Transaction } from './store.ts';

function requireCharge(tx: Transaction, id: string): ChargeRecord {
  const record = tx.get('charge', id);
  if (record === undefined) throw noSuch('charge', id, { param: 'charge', inPath: true });
  return record;
}

export const chargeEndpoints: Endpoint[] = [
  endpoint(
    'GET',
    '/v1/charges',
    { ...PAGE, ...CREATED, customer: text(), payment_intent: text(), transfer_group: text() },
    ({ tx, params }) => {
      const found = tx
        .list('charge', params.payment_intent ?? params.customer ?? params.transfer_group)
        .map(({ object: charge }) => charge)
        .filter(
          (charge) =>
            createdWithin(charge.created, params.created) &&
            (params.customer === undefined || charge.customer === params.customer) &&
            (params.transfer_group === undefined || charge.transfer_group === params.transfer_group),
        );
      return ok(page(found, '/v1/charges', 'charge', params));
    },
  ),
  endpoint('GET', '/v1/charges/:id', {}, ({ tx, path }) => ok(requireCharge(tx, idIn(path)).object)),
  endpoint('POST', '/v1/charges/:id', { description: text(), metadata: metadata() }, ({ tx, path, params }) => {
    const { object: charge } = requireCharge(tx, idIn(path));
    const next = {
      ...charge,
      description: params.description ?? charge.description,
      metadata: mergeMetadata(charge.metadata, params.metadata),
    };
    tx.put('charge', charge.id, { object: next });
    return ok(next);
  }),
];
