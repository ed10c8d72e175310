/** What oidc-provider's own grants check proofs with; its documentation points custom grants to it, its types leave it out. */
declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  type DpopProof = { readonly thumbprint: string; readonly jti: string; readonly iat: number };

  /** Undefined without a proof. @throws an OAuth error for one that is wrong */
  export default function validateDpop(provider: Provider, ctx: KoaContextWithOIDC): Promise<DpopProof | undefined>;
  /** @throws an OAuth error for a proof that was used before */
  export function checkDpopReplay(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: DpopProof | undefined,
    clientId: string,
  ): Promise<void>;
}
