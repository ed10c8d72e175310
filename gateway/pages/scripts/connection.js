/** The connection of this page to its graph: who is signed in, with which keys, and what sends requests in their name. */
import { createRegistration } from './app-instance.js';
import { configuration } from './configuration.js';
import { createGatewayClient } from './gateway-client.js';
import { createKeyStore } from './key-store.js';
import { createSession } from './session.js';

const nonceName = 'vitrine.nonce';
const nonces = {
  get: () => sessionStorage.getItem(nonceName),
  set: (nonce) => sessionStorage.setItem(nonceName, nonce),
};

/** @param {'buyer' | 'partner'} graph */
export function connect(graph) {
  const keys = createKeyStore(graph);
  const session = createSession(graph, keys);
  const client = createGatewayClient({
    session,
    keys,
    nonces,
    publicOrigin: configuration.publicOrigin,
    // Only who buys has to be an official app.
    app: graph === 'buyer' ? configuration.app : null,
    register: createRegistration({ keys, app: configuration.app }),
    exclusively: (name, action) => navigator.locks.request(`vitrine.${graph}.${name}`, action),
  });

  return {
    session,
    client,

    /** Ends this instance of the app, throws its keys away, and leaves for the identity provider. */
    async signOut() {
      // Who wants to be signed out is, also when the gateway cannot be told: without its key the instance is of no use.
      await client.revoke().catch(() => undefined);
      await keys.remove();
      await session.signOut();
    },
  };
}
