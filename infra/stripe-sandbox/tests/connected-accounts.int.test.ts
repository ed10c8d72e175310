import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { activeSeller, control, endOnboarding, newSeller, onboardingPage, REFRESH_URL, RETURN_URL } from './sellers.ts';

let sandbox: Fixture;
let now = new Date();
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now });
});
afterAll(() => sandbox.close());

const INACTIVE = {
  capabilities: { card_payments: 'inactive', transfers: 'inactive' },
  charges_enabled: false,
  payouts_enabled: false,
  details_submitted: false,
};
const ACTIVE = {
  capabilities: { card_payments: 'active', transfers: 'active' },
  charges_enabled: true,
  payouts_enabled: true,
  details_submitted: true,
};

describe('a connected account', () => {
  it('can do nothing before its onboarding', async () => {
    const account = await newSeller(sandbox);
    expect(account.id).toMatch(/^acct_1[0-9A-Za-z]{15}$/);
    expect(account).toMatchObject({
      object: 'account',
      type: 'none',
      controller: { stripe_dashboard: { type: 'express' }, requirement_collection: 'stripe', fees: { payer: 'application' } },
      metadata: { seller_id: 'sel_1' },
      requirements: { disabled_reason: 'requirements.past_due' },
      ...INACTIVE,
    });
    expect(account.requirements?.currently_due).toContain('external_account');
  });

  it('of type express has the same controller', async () => {
    const account = await sandbox.shop.accounts.create({ type: 'express', capabilities: { transfers: { requested: true } } });
    expect(account).toMatchObject({ type: 'express', controller: { stripe_dashboard: { type: 'express' } } });
    expect(account.capabilities).toEqual({ transfers: 'inactive' });
  });

  it('is made able by the page of its link, in a browser', async () => {
    const { id } = await newSeller(sandbox);
    const page = await onboardingPage(sandbox, id);
    const shown = await fetch(page);
    expect(await shown.text()).toContain('value="complete"');
    const back = await endOnboarding(page, 'complete');
    expect(back.headers.get('location')).toBe(RETURN_URL);
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject({
      ...ACTIVE,
      requirements: { disabled_reason: null, currently_due: [] },
    });
  });

  it('that leaves the page stays as it was, and one under review is pending', async () => {
    const { id } = await newSeller(sandbox);
    expect((await endOnboarding(await onboardingPage(sandbox, id), 'leave')).headers.get('location')).toBe(RETURN_URL);
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject(INACTIVE);
    await endOnboarding(await onboardingPage(sandbox, id), 'pending');
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject({
      capabilities: { transfers: 'pending' },
      details_submitted: true,
      payouts_enabled: false,
    });
  });

  it('can be restricted again and come back', async () => {
    const { id } = await activeSeller(sandbox);
    await control(sandbox, `accounts/${id}/restrict`);
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject({
      capabilities: { transfers: 'inactive' },
      payouts_enabled: false,
      details_submitted: true,
      requirements: { past_due: ['individual.verification.document'] },
    });
    await endOnboarding(await onboardingPage(sandbox, id), 'complete');
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject(ACTIVE);
  });

  it('is updated, listed and deleted, and is no longer there afterwards', async () => {
    const { shop } = sandbox;
    const { id } = await newSeller(sandbox);
    expect(await shop.accounts.update(id, { metadata: { tier: 'gold' }, business_profile: { name: 'Looms' } })).toMatchObject({
      metadata: { seller_id: 'sel_1', tier: 'gold' },
      business_profile: { name: 'Looms' },
    });
    expect((await shop.accounts.list({ limit: 1 })).data[0]?.id).toBe(id);
    expect(await shop.accounts.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
    expect(await refusal(shop.accounts.retrieve(id))).toMatchObject({ statusCode: 403, code: 'account_invalid' });
    expect((await shop.accounts.list()).data.map((account) => account.id)).not.toContain(id);
  });

  it('takes no unknown parameter, at any depth', async () => {
    const request = sandbox.shop.accounts.create({ capabilities: { teleport_payments: { requested: true } } } as object);
    expect(await refusal(request)).toMatchObject({ code: 'parameter_unknown', param: 'capabilities[teleport_payments]' });
  });
});

describe('an account link', () => {
  it('works once', async () => {
    const { id } = await newSeller(sandbox);
    const page = await onboardingPage(sandbox, id);
    await endOnboarding(page, 'complete');
    await control(sandbox, `accounts/${id}/restrict`);
    expect((await endOnboarding(page, 'complete')).headers.get('location')).toBe(REFRESH_URL);
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject({ payouts_enabled: false });
    const opened = await onboardingPage(sandbox, id);
    await fetch(opened);
    expect((await fetch(opened, { redirect: 'manual' })).headers.get('location')).toBe(REFRESH_URL);
  });

  it('expires', async () => {
    const { id } = await newSeller(sandbox);
    const page = await onboardingPage(sandbox, id);
    now = new Date(now.getTime() + 10 * 60_000);
    expect((await endOnboarding(page, 'complete')).headers.get('location')).toBe(REFRESH_URL);
    expect(await sandbox.shop.accounts.retrieve(id)).toMatchObject(INACTIVE);
  });

  it('needs its key, web addresses and an account', async () => {
    const { id } = await newSeller(sandbox);
    const page = await onboardingPage(sandbox, id);
    expect((await endOnboarding(page.replace(/key=.*/, 'key=wrong'), 'complete')).status).toBe(404);
    const { accountLinks } = sandbox.shop;
    const link = { account: id, type: 'account_onboarding' as const, refresh_url: REFRESH_URL };
    expect(await refusal(accountLinks.create(link))).toMatchObject({ statusCode: 400, param: 'return_url' });
    expect(await refusal(accountLinks.create({ ...link, return_url: 'shop://back' }))).toMatchObject({ code: 'url_invalid' });
    expect(await refusal(accountLinks.create({ ...link, account: 'acct_1Missing000000' }))).toMatchObject({ statusCode: 403 });
  });
});
