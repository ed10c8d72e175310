/** What resolvers share within one request: who calls, and loaders that turn many look-ups into one statement. */
import type { Identity } from '@vitrine/runtime/identity';
import DataLoader from 'dataloader';
import type { Dependencies } from './dependencies.ts';
import type { Product } from './product.ts';
import { findProductPages, findProducts, type ProductPageRequest } from './store/products.ts';

export interface Context {
  readonly identity: Identity;
  readonly deps: Dependencies;
  /** Products by id; null where there is none. */
  readonly products: DataLoader<string, Product | null>;
  /** Pages of sellers' products. */
  readonly productPages: DataLoader<ProductPageRequest, readonly Product[], string>;
}

export const createContext = (deps: Dependencies, identity: Identity): Context => ({
  identity,
  deps,
  products: new DataLoader(async (ids) => {
    const found = new Map((await findProducts(deps.pool, ids)).map((product) => [product.id, product]));
    return ids.map((id) => found.get(id) ?? null);
  }),
  productPages: new DataLoader((requests) => findProductPages(deps.pool, requests), { cacheKeyFn: (request) => JSON.stringify(request) }),
});
