import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sellerEvents, sellerTopic } from '@vitrine/contracts/seller-events';
import { newId } from '@vitrine/runtime/ids';
import { Compile } from 'typebox/compile';
import {
  acceptMutation,
  activeSeller,
  buyer,
  invite,
  inviteMutation,
  newKey,
  newSellerActor,
  operator,
  setStatus,
  startService,
  statusMutation,
  type ServiceUnderTest,
} from './service-under-test.ts';

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
});

const inviteWith = async (input: Record<string, unknown>, actor = operator) =>
  service.ask(actor, inviteMutation, {
    input: { idempotencyKey: newKey(), accountId: newId('usr'), displayName: 'Paper & Pine', country: 'US', ...input },
  });
const eventsOf = async (sellerId: string) =>
  (
    await service.pool.query<{ type: string; sequence: number; topic: string; payload: unknown }>(
      'select topic, type, sequence, payload from outbox where key = $1 order by position',
      [sellerId],
    )
  ).rows;
const historyOf = async (sellerId: string) =>
  (
    await service.pool.query(
      'select sequence, from_status, to_status, reason, changed_by from seller_status_changes where seller_id = $1 order by sequence',
      [sellerId],
    )
  ).rows;

describe('an invitation', () => {
  test('makes a seller that is invited, with its event and its first line of history', async () => {
    const actor = newSellerActor();
    const { data } = await inviteWith({ accountId: actor.accountId, sellerId: actor.sellerId, displayName: '  Paper & Pine ' });
    expect(data.inviteSeller).toEqual({
      __typename: 'InviteSellerSuccess',
      seller: { id: actor.sellerId, displayName: 'Paper & Pine', country: 'US', status: 'INVITED', accountId: actor.accountId },
    });
    const events = await eventsOf(actor.sellerId);
    expect(events).toEqual([
      {
        topic: sellerTopic,
        type: 'seller.invited',
        sequence: 1,
        payload: {
          seller: { sellerId: actor.sellerId, accountId: actor.accountId, displayName: 'Paper & Pine', country: 'US', status: 'invited' },
        },
      },
    ]);
    expect(await historyOf(actor.sellerId)).toEqual([
      {
        sequence: 1,
        from_status: null,
        to_status: 'invited',
        reason: 'invited',
        changed_by: operator.role === 'operator' ? operator.accountId : '',
      },
    ]);
  });

  test('makes an id when none is given', async () => {
    const { data } = await inviteWith({});
    expect(data.inviteSeller.seller.id).toMatch(/^sel_[0-9a-f-]{36}$/);
  });

  test('repeated with its key invites once and answers the same seller', async () => {
    const input = { idempotencyKey: newKey(), accountId: newId('usr') };
    const first = await inviteWith(input);
    const second = await inviteWith(input);
    expect(first.data.inviteSeller.__typename).toBe('InviteSellerSuccess');
    expect(second).toEqual(first);
    expect(await eventsOf(first.data.inviteSeller.seller.id)).toHaveLength(1);
  });

  test('sent ten times at once with one key invites once', async () => {
    const input = { idempotencyKey: newKey(), accountId: newId('usr') };
    const answers = await Promise.all(Array.from({ length: 10 }, () => inviteWith(input)));
    const names = answers.map(({ data }) => data.inviteSeller.__typename);
    expect(names.every((name) => ['InviteSellerSuccess', 'IdempotencyKeyInFlightError'].includes(name))).toBe(true);
    const { rows } = await service.pool.query('select 1 from sellers where account_id = $1', [input.accountId]);
    expect(rows).toHaveLength(1);
  });

  test('with a key of another input is refused', async () => {
    const input = { idempotencyKey: newKey(), accountId: newId('usr') };
    await inviteWith(input);
    const { data } = await inviteWith({ ...input, displayName: 'Another' });
    expect(data.inviteSeller).toMatchObject({ __typename: 'IdempotencyKeyReusedError', idempotencyKey: input.idempotencyKey });
  });

  test('of an account or an id that is a seller already names that seller and changes nothing', async () => {
    const known = await invite(service);
    const another = newSellerActor();
    const byAccount = await inviteWith({ accountId: known.accountId });
    const byId = await inviteWith({ sellerId: known.sellerId });
    const byAccountOfOtherId = await inviteWith({ accountId: known.accountId, sellerId: another.sellerId });
    for (const { data } of [byAccount, byId, byAccountOfOtherId]) {
      expect(data.inviteSeller).toMatchObject({ __typename: 'SellerAlreadyInvitedError', seller: { id: known.sellerId } });
    }
    expect(await eventsOf(known.sellerId)).toHaveLength(1);
  });

  test('of one account by two operators at once makes one seller', async () => {
    const accountId = newId('usr');
    const answers = await Promise.all(Array.from({ length: 5 }, () => inviteWith({ accountId })));
    const names = answers.map(({ data }) => data.inviteSeller.__typename).toSorted();
    expect(names).toEqual(['InviteSellerSuccess', ...Array.from({ length: 4 }, () => 'SellerAlreadyInvitedError')]);
  });

  test.each([
    ['accountId', { accountId: 'usr_1' }],
    ['accountId', { accountId: newId('sel') }],
    ['sellerId', { sellerId: newId('usr') }],
    ['displayName', { displayName: '   ' }],
    ['displayName', { displayName: 'x'.repeat(81) }],
    ['country', { country: 'USA' }],
    ['country', { country: 'XX' }],
    ['idempotencyKey', { idempotencyKey: 'short' }],
  ])('with a wrong %s (%j) is refused with its path and makes nobody a seller', async (field, input) => {
    const accountId = 'accountId' in input ? input.accountId : newId('usr');
    const { data } = await inviteWith({ ...input, accountId });
    expect(data.inviteSeller).toMatchObject({ __typename: 'InvalidInputError', path: [field], message: expect.any(String) });
    const { rows } = await service.pool.query('select 1 from sellers where account_id = $1', [accountId]);
    expect(rows).toEqual([]);
  });

  test.each([
    ['buyer', buyer()],
    ['seller', newSellerActor()],
    ['service', { role: 'service' } as const],
  ])('by a %s is forbidden', async (_, actor) => {
    const accountId = newId('usr');
    const { data, errors } = await inviteWith({ accountId }, actor);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const { rows } = await service.pool.query('select 1 from sellers where account_id = $1', [accountId]);
    expect(rows).toEqual([]);
  });
});

describe('an acceptance', () => {
  const accept = async (actor: Parameters<ServiceUnderTest['ask']>[0], idempotencyKey = newKey()) =>
    (await service.ask(actor, acceptMutation, { input: { idempotencyKey } })).data.acceptSellerInvitation;

  test('by the invited account lets the seller sell, with the second event', async () => {
    const actor = await invite(service);
    expect(await accept(actor)).toEqual({ __typename: 'AcceptSellerInvitationSuccess', seller: { id: actor.sellerId, status: 'ACTIVE' } });
    expect(await eventsOf(actor.sellerId)).toMatchObject([
      { type: 'seller.invited', sequence: 1 },
      { type: 'seller.activated', sequence: 2, payload: { seller: { status: 'active' } } },
    ]);
    expect(await historyOf(actor.sellerId)).toMatchObject([
      {},
      { from_status: 'invited', to_status: 'active', changed_by: actor.accountId },
    ]);
  });

  test('twice activates once, also with a new key', async () => {
    const actor = await activeSeller(service);
    expect(await accept(actor)).toMatchObject({ __typename: 'AcceptSellerInvitationSuccess', seller: { status: 'ACTIVE' } });
    expect(await eventsOf(actor.sellerId)).toHaveLength(2);
  });

  test('is not allowed to anyone but the invited account acting for that seller', async () => {
    const actor = await invite(service);
    const other = await invite(service);
    const strangers = [newSellerActor(), { ...actor, accountId: newId('usr') }, { ...actor, sellerId: other.sellerId }];
    for (const stranger of strangers) expect(await accept(stranger)).toMatchObject({ __typename: 'NotAllowedError' });
    for (const noSeller of [{ ...buyer(), accountId: actor.accountId }, operator]) {
      const { errors } = await service.ask(noSeller, acceptMutation, { input: { idempotencyKey: newKey() } });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(await eventsOf(actor.sellerId)).toHaveLength(1);
    expect(await eventsOf(other.sellerId)).toHaveLength(1);
  });

  test('does not undo a suspension', async () => {
    const actor = await activeSeller(service);
    await setStatus(service, actor.sellerId, 'SUSPENDED');
    expect(await accept(actor)).toMatchObject({ __typename: 'NotAllowedError' });
  });

  test('with a key that is no key is refused with its path', async () => {
    expect(await accept(await invite(service), 'short')).toMatchObject({ __typename: 'InvalidInputError', path: ['idempotencyKey'] });
  });
});

describe("a seller's status", () => {
  const set = async (input: Record<string, unknown>, actor = operator) =>
    service.ask(actor, statusMutation, { input: { idempotencyKey: newKey(), status: 'SUSPENDED', reason: 'counterfeit', ...input } });

  test('moves between active and suspended, each move with its event and who did it and why', async () => {
    const { sellerId } = await activeSeller(service);
    expect((await set({ sellerId, reason: ' counterfeit ' })).data.setSellerStatus).toEqual({
      __typename: 'SetSellerStatusSuccess',
      seller: { id: sellerId, status: 'SUSPENDED' },
    });
    expect((await set({ sellerId, status: 'ACTIVE', reason: 'appeal' })).data.setSellerStatus.seller.status).toBe('ACTIVE');
    expect((await eventsOf(sellerId)).map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 seller.invited',
      '2 seller.activated',
      '3 seller.suspended',
      '4 seller.activated',
    ]);
    expect((await historyOf(sellerId)).slice(2)).toMatchObject([
      { from_status: 'active', to_status: 'suspended', reason: 'counterfeit' },
      { from_status: 'suspended', to_status: 'active', reason: 'appeal' },
    ]);
  });

  test('that is already so is answered and leaves no event', async () => {
    const { sellerId } = await activeSeller(service);
    expect((await set({ sellerId, status: 'ACTIVE' })).data.setSellerStatus.__typename).toBe('SetSellerStatusSuccess');
    expect(await eventsOf(sellerId)).toHaveLength(2);
  });

  test('set by many at once changes from what it was, each change counted once', async () => {
    const { sellerId } = await activeSeller(service);
    await Promise.all(Array.from({ length: 12 }, (_, index) => set({ sellerId, status: index % 2 === 0 ? 'SUSPENDED' : 'ACTIVE' })));
    const history = await historyOf(sellerId);
    for (const [index, change] of history.entries()) {
      expect(change).toMatchObject({ sequence: index + 1, from_status: history[index - 1]?.to_status ?? null });
      expect(change.to_status).not.toBe(change.from_status);
    }
    expect((await eventsOf(sellerId)).map(({ sequence }) => sequence)).toEqual(history.map(({ sequence }) => sequence));
  });

  test.each([
    ['INVITED is not to be set', 'INVITED', 'status'],
    ['of an invited seller waits for its acceptance', 'ACTIVE', 'status'],
  ])('%s', async (_, status, field) => {
    const { sellerId } = await invite(service);
    expect((await set({ sellerId, status })).data.setSellerStatus).toMatchObject({ __typename: 'InvalidInputError', path: [field] });
    expect(await eventsOf(sellerId)).toHaveLength(1);
  });

  test('needs a reason of 1 to 500 characters', async () => {
    const { sellerId } = await activeSeller(service);
    for (const reason of [' ', 'x'.repeat(501)]) {
      expect((await set({ sellerId, reason })).data.setSellerStatus).toMatchObject({ __typename: 'InvalidInputError', path: ['reason'] });
    }
  });

  test('of a seller that does not exist is not found', async () => {
    for (const sellerId of [newId('sel'), 'sel_1', '']) {
      expect((await set({ sellerId })).data.setSellerStatus).toMatchObject({ __typename: 'NotFoundError', id: sellerId });
    }
  });

  test('is set by the network only', async () => {
    const actor = await activeSeller(service);
    for (const stranger of [actor, buyer()]) {
      expect((await set({ sellerId: actor.sellerId }, stranger)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(await eventsOf(actor.sellerId)).toHaveLength(2);
  });
});

test('the history of a status cannot be rewritten', async () => {
  const { sellerId } = await activeSeller(service);
  await expect(service.pool.query(`update seller_status_changes set reason = 'x' where seller_id = $1`, [sellerId])).rejects.toThrow(
    'append-only',
  );
  await expect(service.pool.query('delete from seller_status_changes where seller_id = $1', [sellerId])).rejects.toThrow('append-only');
});

test('every published event fits its contract', async () => {
  const { sellerId } = await activeSeller(service);
  await setStatus(service, sellerId, 'SUSPENDED');
  const events = await eventsOf(sellerId);
  expect(events.map(({ type }) => type)).toEqual(['seller.invited', 'seller.activated', 'seller.suspended']);
  for (const { type, payload } of events) {
    expect(Compile(sellerEvents[type as keyof typeof sellerEvents]).Check(payload)).toBe(true);
  }
});

describe('the list of sellers', () => {
  const list = async (args: string, actor = operator) =>
    service.ask(actor, `{ sellers(${args}) { edges { cursor node { id status } } pageInfo { hasNextPage endCursor } } }`);

  test('is paged newest first without a gap or a repeat', async () => {
    const newest = [await invite(service), await invite(service), await invite(service)].map(({ sellerId }) => sellerId).toReversed();
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const { data } = await list(`first: 2${after}`);
      seen.push(...data.sellers.edges.map((edge) => edge.node.id));
      if (!data.sellers.pageInfo.hasNextPage) break;
      after = `, after: "${data.sellers.pageInfo.endCursor}"`;
    }
    expect(seen.slice(0, 3)).toEqual(newest);
    const { rows } = await service.pool.query<{ seller_id: string }>('select seller_id from sellers');
    expect(seen.toSorted()).toEqual(rows.map((row) => row.seller_id).toSorted());
  });

  test.each(['first: 0', 'first: 101', 'first: -1', 'after: "nonsense"', 'after: ""', 'after: "MTcwMDAwMDAwMDAwMCBvcmRfMQ"'])(
    'refuses %s',
    async (args) => {
      expect((await list(args)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );

  test('is for the network only', async () => {
    for (const actor of [buyer(), await activeSeller(service)]) {
      expect((await list('first: 1', actor)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });
});
