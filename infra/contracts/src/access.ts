/**
 * Who may do what: for every root field and every entity of every subgraph, which role may have it and whose rows it
 * gives. It is the only place that says so; a subgraph that serves anything else does not start.
 */
import type { Grants, SubgraphAccess } from '@vitrine/runtime/access';
import type { StaffRole } from '@vitrine/runtime/identity';
import type { ApiScope } from './api-scopes.ts';

type Clients = ApiScope | 'any' | 'none';

const sellersOwn = <const Scope extends Clients>(clients: Scope) => ({ seller: { rows: 'own', clients } }) as const;
const staff = (...roles: readonly StaffRole[]) => ({ staff: { rows: 'any', roles } }) as const satisfies Grants;

const buyersOwn = { buyer: 'own' } as const satisfies Grants;
const everyStaff = staff('support', 'operations', 'markets', 'security');
/** Public to buyers and sellers; staff of every kind sees it, too. */
const everybody = { buyer: 'public', seller: { rows: 'public', clients: 'any' }, ...everyStaff } as const satisfies Grants;
/** Of a key that the subgraph refers to and never resolves. */
const nobody = {} as const satisfies Grants;

/** Who looks into orders: personal data is masked for all of them. */
const orderStaff = staff('support', 'operations');
/** Who decides on a buyer's case. */
const caseStaff = staff('support');
const marketReaders = staff('support', 'operations', 'markets');

const catalog = {
  Query: {
    product: everybody,
  },
  Mutation: {
    createProduct: sellersOwn('products:write'),
    updateProduct: sellersOwn('products:write'),
    setStock: sellersOwn('products:write'),
    importProducts: sellersOwn('products:write'),
  },
  entities: {
    Product: everybody,
    Seller: everybody,
  },
  fields: {
    'Product.stock': { ...sellersOwn('products:read'), ...staff('support', 'operations', 'markets') },
    'Seller.products': { buyer: 'public', ...sellersOwn('products:read'), ...everyStaff },
  },
} as const satisfies SubgraphAccess;

const checkout = {
  Query: {
    viewer: buyersOwn,
    order: { ...buyersOwn, ...orderStaff },
    purchase: orderStaff,
    openBuy: buyersOwn,
    refundQuote: { ...sellersOwn('orders:read'), ...caseStaff },
    reconciliation: staff('operations'),
    reconciliationCases: staff('operations'),
  },
  Mutation: {
    placeOrder: buyersOwn,
    undoOrder: buyersOwn,
    cancelOrder: buyersOwn,
    requestReturn: buyersOwn,
    withdrawReturn: buyersOwn,
    shipOrder: sellersOwn('orders:write'),
    recordShipmentEvent: sellersOwn('orders:write'),
    cancelOrderAsSeller: sellersOwn('orders:write'),
    refundOrder: { ...sellersOwn('refunds:write'), ...caseStaff },
    approveReturn: { ...sellersOwn('refunds:write'), ...caseStaff },
    refuseReturn: { ...sellersOwn('refunds:write'), ...caseStaff },
    receiveReturn: { ...sellersOwn('refunds:write'), ...caseStaff },
  },
  entities: {
    Viewer: buyersOwn,
    Order: { ...buyersOwn, ...orderStaff },
    SellerOrder: { ...sellersOwn('orders:read'), ...orderStaff },
    Product: { buyer: 'public' },
    Seller: nobody,
    PaymentMethod: nobody,
    Address: nobody,
  },
  fields: {
    'Order.buyerId': orderStaff,
  },
} as const satisfies SubgraphAccess;

const paymentVault = {
  Query: {
    viewer: buyersOwn,
    consentTexts: { buyer: 'public' },
  },
  Mutation: {
    startCardSetup: buyersOwn,
    finishCardSetup: buyersOwn,
    setDefaultPaymentMethod: buyersOwn,
    setPaymentMethodLabel: buyersOwn,
    deletePaymentMethod: buyersOwn,
    addAddress: buyersOwn,
    setAddressLabel: buyersOwn,
    setDefaultAddress: buyersOwn,
    deleteAddress: buyersOwn,
    deleteEverything: buyersOwn,
    grantPermission: buyersOwn,
    revokePermission: buyersOwn,
    setMarketingConsent: buyersOwn,
    startPayoutSetup: sellersOwn('none'),
  },
  entities: {
    Viewer: buyersOwn,
    PaymentMethod: buyersOwn,
    Address: buyersOwn,
    Order: buyersOwn,
    SellerOrder: sellersOwn('any'),
    Seller: sellersOwn('any'),
  },
  fields: {
    'Seller.payoutAccount': sellersOwn('payouts:read'),
    'Seller.sharedDetails': sellersOwn('contacts:read'),
    'SellerOrder.disputes': sellersOwn('orders:read'),
    'SellerOrder.payout': sellersOwn('payouts:read'),
    'SellerOrder.shippingAddress': sellersOwn('addresses:read'),
  },
} as const satisfies SubgraphAccess;

const sellerEligibility = {
  Query: {
    viewerSeller: sellersOwn('any'),
    sellerOrder: { ...sellersOwn('orders:read'), ...orderStaff },
    seller: { buyer: 'public', ...everyStaff },
    sellers: everyStaff,
    markets: marketReaders,
    policyTexts: everybody,
    explainEligibility: marketReaders,
  },
  Mutation: {
    inviteSeller: staff('markets'),
    acceptSellerInvitation: sellersOwn('none'),
    createApiClient: sellersOwn('none'),
    addApiClientKey: sellersOwn('none'),
    revokeApiClientKey: sellersOwn('none'),
    updateApiClient: sellersOwn('none'),
    revokeApiClient: sellersOwn('none'),
    setSellerStatus: staff('markets', 'security'),
    setMarket: staff('markets'),
  },
  entities: {
    Seller: { buyer: 'public', ...sellersOwn('any'), ...everyStaff },
    SellerOrder: { ...sellersOwn('orders:read'), ...orderStaff },
    Market: marketReaders,
    Product: { buyer: 'public' },
  },
  fields: {
    'Seller.status': { ...sellersOwn('any'), ...everyStaff },
    'Seller.accountId': { ...sellersOwn('any'), ...everyStaff },
    'Seller.apiClients': sellersOwn('none'),
    'Seller.orders': { ...sellersOwn('orders:read'), ...orderStaff },
  },
} as const satisfies SubgraphAccess;

const timeline = {
  Query: {
    viewer: buyersOwn,
    post: everybody,
    account: everybody,
  },
  Mutation: {
    saveProfile: { ...buyersOwn, ...sellersOwn('none') },
    followAccount: buyersOwn,
    unfollowAccount: buyersOwn,
    createPost: { ...buyersOwn, ...sellersOwn('posts:write') },
    deletePost: { ...buyersOwn, ...sellersOwn('posts:write') },
  },
  entities: {
    Post: everybody,
    Account: everybody,
    Viewer: buyersOwn,
    Product: nobody,
  },
  fields: {
    'Account.viewerFollows': buyersOwn,
  },
} as const satisfies SubgraphAccess;

/** The whole table, by subgraph. */
export const access = {
  timeline,
  catalog,
  checkout,
  'payment-vault': paymentVault,
  'seller-eligibility': sellerEligibility,
} as const satisfies Readonly<Record<string, SubgraphAccess>>;
